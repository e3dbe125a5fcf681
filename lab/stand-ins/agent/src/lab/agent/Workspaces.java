package lab.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;

/** Answers what the controller asks about the files of a workspace. */
final class Workspaces implements Runnable {
    private static final int BUFFER = 8192;

    private final Frame frame;
    private final Output output;

    Workspaces(Frame frame, Output output) {
        this.frame = frame;
        this.output = output;
    }

    /** Folder of the workspaces, made if it is not there; without -workDir where the agent was started. */
    static String prepareRoot(String workDir) {
        Path root = Path.of(workDir == null ? "" : workDir).toAbsolutePath().normalize();
        if (workDir != null) {
            try {
                Files.createDirectories(root.resolve("remoting/logs"));
                Log.info("Using " + root.resolve("remoting") + " as a remoting work directory");
            } catch (IOException fault) {
                Log.severe("cannot make " + root + ": " + fault.getMessage());
            }
        }
        return root.toString();
    }

    @Override
    public void run() {
        int id = frame.number();
        Path workspace = Path.of(frame.text());
        try {
            try {
                if (frame.kind == Frame.LIST) list(id, workspace);
                else send(id, workspace.resolve(frame.text()));
                output.end(id, 0, "");
            } catch (IOException fault) {
                output.end(id, -1, fault.toString());
            }
        } catch (IOException gone) {
            Log.warning("cannot answer the controller: " + gone.getMessage());
        }
    }

    private void list(int id, Path workspace) throws IOException {
        StringBuilder names = new StringBuilder();
        try (Stream<Path> files = Files.walk(workspace)) {
            for (Iterator<Path> all = files.filter(Files::isRegularFile).iterator(); all.hasNext();) {
                names.append(workspace.relativize(all.next())).append('\n');
                if (names.length() > BUFFER) flush(id, names);
            }
        }
        flush(id, names);
    }

    private void flush(int id, StringBuilder names) throws IOException {
        byte[] bytes = names.toString().getBytes(StandardCharsets.UTF_8);
        output.data(id, bytes, bytes.length);
        names.setLength(0);
    }

    private void send(int id, Path file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream input = Files.newInputStream(file)) {
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                output.data(id, buffer, count);
            }
        }
    }
}
