package lab.agent;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes whole frames, from whatever thread. */
final class Output {
    private static final int HEAD = 5;
    private final DataOutputStream stream;

    Output(DataOutputStream stream) {
        this.stream = stream;
    }

    void send(int kind, String... texts) throws IOException {
        int length = 0;
        byte[][] fields = new byte[texts.length][];
        for (int at = 0; at < texts.length; at++) {
            fields[at] = texts[at].getBytes(StandardCharsets.UTF_8);
            length += 4 + fields[at].length;
        }
        synchronized (stream) {
            stream.writeInt(HEAD - 4 + length);
            stream.writeByte(kind);
            for (byte[] field : fields) {
                stream.writeInt(field.length);
                stream.write(field);
            }
            stream.flush();
        }
    }

    void data(int id, byte[] bytes, int count) throws IOException {
        synchronized (stream) {
            stream.writeInt(HEAD + 4 + count);
            stream.writeByte(Frame.DATA);
            stream.writeInt(id);
            stream.writeInt(count);
            stream.write(bytes, 0, count);
            stream.flush();
        }
    }

    /** An empty error: none. */
    void end(int id, int status, String error) throws IOException {
        byte[] text = error.getBytes(StandardCharsets.UTF_8);
        synchronized (stream) {
            stream.writeInt(HEAD + 8 + text.length);
            stream.writeByte(Frame.END);
            stream.writeInt(id);
            stream.writeInt(status);
            stream.writeInt(text.length);
            stream.write(text);
            stream.flush();
        }
    }
}
