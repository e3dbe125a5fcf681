package lab.agent;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

/** Where the controller listens for agents, from its own `tcpSlaveAgentListener/`. */
record Endpoint(String host, int port) {
    private static final int TIMEOUT_MS = 30_000;

    static Endpoint find(Options options) throws IOException {
        URL url = new URL(options.url + "tcpSlaveAgentListener/");
        HttpURLConnection connection = open(url);
        int status = connection.getResponseCode();
        if (status != 200) throw new IOException(url + " is invalid: " + status);
        String port = connection.getHeaderField("X-Jenkins-JNLP-Port");
        if (port == null) throw new IOException(options.url + " is not Jenkins");
        String host = connection.getHeaderField("X-Jenkins-JNLP-Host");
        Endpoint found = new Endpoint(host == null ? url.getHost() : host, Integer.parseInt(port));
        Log.info("Agent discovery successful\n  Agent address: " + found.host + "\n  Agent port:    " + found.port);
        return options.tunnel == null ? found : found.through(options.tunnel);
    }

    static HttpURLConnection open(URL url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        return connection;
    }

    /** `host:port`, `host:` or `:port`, as remoting reads it. */
    private Endpoint through(String tunnel) throws IOException {
        String[] parts = tunnel.split(":", 2);
        if (parts.length < 2) throw new IOException("Invalid tunnel " + tunnel);
        return new Endpoint(
            parts[0].isEmpty() ? host : parts[0],
            parts[1].isEmpty() ? port : Integer.parseInt(parts[1]));
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
