package lab.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line, in the old form (-jnlpUrl) and in the new one (-url, -name). */
final class Options {
    String url;
    String name;
    String secret;
    String jnlpUrl;
    String workDir;
    String tunnel;
    boolean noReconnect;

    static Options parse(String[] args) {
        Options options = new Options();
        List<String> rest = new ArrayList<>();
        for (int at = 0; at < args.length; at++) {
            if (options.isFlag(args[at])) continue;
            if (!args[at].startsWith("-")) rest.add(args[at]);
            else if (at + 1 == args.length) throw new IllegalArgumentException("Option \"" + args[at] + "\" takes an operand");
            else options.set(args[at], args[++at]);
        }
        options.setRest(rest);
        if (options.jnlpUrl == null) options.complete();
        return options;
    }

    /** What the launch file says comes first; the command line has the last word. */
    Options with(List<String> arguments) {
        Options merged = parse(arguments.toArray(String[]::new));
        merged.noReconnect |= noReconnect;
        if (secret != null) merged.secret = secret;
        if (workDir != null) merged.workDir = workDir;
        if (tunnel != null) merged.tunnel = tunnel;
        return merged;
    }

    private boolean isFlag(String argument) {
        switch (argument) {
            case "-noReconnect":
            case "-noreconnect":
                noReconnect = true;
                return true;
            case "-headless":
            case "-failIfWorkDirIsMissing":
            case "-noKeepAlive":
                return true;
            case "-webSocket":
                throw new IllegalArgumentException("this agent connects by TCP only, not by -webSocket");
            default:
                return false;
        }
    }

    private void set(String option, String value) {
        switch (option) {
            case "-url" -> url = value.endsWith("/") ? value : value + "/";
            case "-name" -> name = value;
            case "-secret" -> secret = value.startsWith("@") ? read(value.substring(1)) : value;
            case "-jnlpUrl" -> jnlpUrl = value;
            case "-workDir" -> workDir = value;
            case "-tunnel" -> tunnel = value;
            case "-internalDir", "-jar-cache", "-agentLog", "-loggingConfig" -> { }
            default -> throw new IllegalArgumentException("\"" + option + "\" is not a valid option");
        }
    }

    /** Secret and name without options, as in launch files. */
    private void setRest(List<String> rest) {
        if (rest.size() > 2) throw new IllegalArgumentException("No argument is allowed: " + rest.get(2));
        if (rest.size() > 0) secret = rest.get(0);
        if (rest.size() > 1) name = rest.get(1);
    }

    private void complete() {
        if (url == null || name == null || secret == null) {
            throw new IllegalArgumentException("-url, -name and -secret are required");
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).trim();
        } catch (IOException fault) {
            throw new IllegalArgumentException("cannot read the secret from " + file);
        }
    }
}
