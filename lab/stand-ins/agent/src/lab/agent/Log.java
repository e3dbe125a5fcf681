package lab.agent;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Lines as remoting's, on stderr. */
final class Log {
    private static final DateTimeFormatter STAMP =
        DateTimeFormatter.ofPattern("MMM dd, yyyy h:mm:ss a", Locale.ENGLISH);

    static void info(String text) {
        write("INFO", text);
    }

    static void warning(String text) {
        write("WARNING", text);
    }

    static void severe(String text) {
        write("SEVERE", text);
    }

    private static void write(String level, String text) {
        System.err.println(STAMP.format(LocalDateTime.now()) + " hudson.remoting.Engine\n" + level + ": " + text);
    }

    private Log() {}
}
