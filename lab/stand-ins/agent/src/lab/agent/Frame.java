package lab.agent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One message; agents/frames.ts of the stand-in says what each kind carries. */
final class Frame {
    static final int HELLO = 1;
    static final int WELCOME = 2;
    static final int REFUSED = 3;
    static final int PING = 4;
    static final int PONG = 5;
    static final int RUN = 10;
    static final int KILL = 11;
    static final int LIST = 12;
    static final int FETCH = 13;
    static final int DATA = 20;
    static final int END = 21;

    final int kind;
    private final ByteBuffer fields;

    Frame(byte[] payload) {
        fields = ByteBuffer.wrap(payload);
        kind = payload.length == 0 ? 0 : fields.get();
    }

    int number() {
        return fields.getInt();
    }

    String text() {
        byte[] bytes = new byte[fields.getInt()];
        fields.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
