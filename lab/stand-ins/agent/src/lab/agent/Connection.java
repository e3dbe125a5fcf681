package lab.agent;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One connection to the controller, from the greeting to its end. */
final class Connection {
    private static final int CONNECT_MS = 30_000;
    /** Frames from the controller are small; a script is the longest. */
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    /** The controller does not want this agent; there is no point in trying again. */
    static final class Rejected extends IOException {
        private static final long serialVersionUID = 1;

        Rejected(String reason) {
            super(reason);
        }
    }

    private final Options options;
    private final String root;
    private String cookie;
    private boolean welcomed;

    Connection(Options options, String root, String cookie) {
        this.options = options;
        this.root = root;
        this.cookie = cookie;
    }

    /** Until the connection is lost; the result makes this agent known at its next one. */
    String run(Endpoint endpoint) throws IOException {
        Log.info("Connecting to " + endpoint);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), CONNECT_MS);
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoTimeout(CONNECT_MS);
            DataOutputStream stream = new DataOutputStream(socket.getOutputStream());
            stream.writeUTF("Protocol:Lab1-connect");
            Output output = new Output(stream);
            output.send(Frame.HELLO, options.name, options.secret, cookie, root);
            converse(socket, output);
        }
        return cookie;
    }

    private void converse(Socket socket, Output output) throws IOException {
        DataInputStream input = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        Scripts scripts = new Scripts(output);
        try {
            welcome(read(input), socket);
            for (;;) take(read(input), output, scripts);
        } catch (IOException fault) {
            if (!welcomed) throw fault;
            Log.info("Connection is lost: " + fault);
        } finally {
            scripts.killAll();
        }
    }

    private void welcome(Frame frame, Socket socket) throws IOException {
        if (frame.kind == Frame.REFUSED) throw new Rejected(frame.text());
        if (frame.kind != Frame.WELCOME) throw new IOException("Unexpected answer of the controller");
        // It pings this often; silence for longer than it would grant is a dead connection.
        int seconds = frame.number() + frame.number();
        socket.setSoTimeout(Math.max(1, seconds) * 1000);
        cookie = frame.text();
        welcomed = true;
        Log.info("Connected");
    }

    private void take(Frame frame, Output output, Scripts scripts) throws IOException {
        switch (frame.kind) {
            case Frame.PING -> output.send(Frame.PONG);
            case Frame.RUN -> scripts.start(frame);
            case Frame.KILL -> scripts.kill(frame.number());
            case Frame.LIST, Frame.FETCH -> new Thread(new Workspaces(frame, output)).start();
            default -> { }
        }
    }

    private static Frame read(DataInputStream input) throws IOException {
        int length = input.readInt();
        if (length < 1 || length > MOST_BYTES) throw new IOException("A frame of " + length + " bytes");
        return new Frame(input.readNBytes(length));
    }
}
