package lab.agent;

import java.io.IOException;

/**
 * The program of the lab's build agents, with the arguments and the exit codes of Jenkins' remoting. It
 * speaks a protocol of its own with the stand-in controller (agents/frames.ts), not JNLP4-connect.
 */
public final class Main {
    /** What remoting's `System.exit(-1)` is to whoever waits for the process. */
    private static final int REFUSED = 255;
    private static final int RETRY_MS = 10_000;

    public static void main(String[] args) throws Exception {
        Options options;
        try {
            options = Options.parse(args);
            options = options.jnlpUrl == null ? options : fromLaunchFile(options);
        } catch (IllegalArgumentException fault) {
            System.err.println(fault.getMessage());
            System.err.println("java -jar agent.jar [options...]");
            System.exit(REFUSED);
            return;
        }
        System.exit(serve(options));
    }

    /** Asks again until the controller answers: an agent may well start before it. */
    private static Options fromLaunchFile(Options options) throws Exception {
        Log.warning("The \"-jnlpUrl\" argument is deprecated. Use \"-url\" and \"-name\" instead, "
            + "potentially also passing in \"-tunnel\" and/or work directory options as needed.");
        for (;;) {
            try {
                return options.with(LaunchFile.fetch(options.jnlpUrl, options.secret));
            } catch (IOException fault) {
                if (options.noReconnect) throw new IOException("Failed to obtain " + options.jnlpUrl, fault);
                System.err.println("Failed to obtain " + options.jnlpUrl + ": " + fault);
                System.err.println("Waiting 10 seconds before retry");
                Thread.sleep(RETRY_MS);
            }
        }
    }

    private static int serve(Options options) throws InterruptedException {
        Log.info("Setting up agent: " + options.name);
        String root = Workspaces.prepareRoot(options.workDir);
        String cookie = "";
        for (boolean first = true; ; first = false) {
            Endpoint endpoint = first ? find(options) : await(options);
            if (endpoint == null) return REFUSED;
            try {
                cookie = new Connection(options, root, cookie).run(endpoint);
            } catch (Connection.Rejected rejected) {
                Log.severe("The server rejected the connection: " + rejected.getMessage());
                return REFUSED;
            } catch (IOException fault) {
                if (first) {
                    Log.severe("Failed to connect to " + endpoint + ": " + fault.getMessage());
                    return REFUSED;
                }
                Log.warning(fault.toString());
            }
            Log.info("Terminated");
            if (options.noReconnect) return 0;
        }
    }

    private static Endpoint find(Options options) {
        Log.info("Locating server among [" + options.url + "]");
        try {
            return Endpoint.find(options);
        } catch (IOException fault) {
            Log.severe("Failed to connect to " + options.url + "tcpSlaveAgentListener/: " + fault.getMessage());
            return null;
        }
    }

    /** The controller was there and will be again. */
    private static Endpoint await(Options options) throws InterruptedException {
        for (;;) {
            Thread.sleep(RETRY_MS);
            try {
                Log.info("Performing onReconnect operation.");
                return Endpoint.find(options);
            } catch (IOException fault) {
                Log.info("Controller isn't ready to talk to us. Will try again: " + fault.getMessage());
            }
        }
    }

    private Main() {}
}
