package lab.agent;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** `computer/NAME/slave-agent.jnlp`: arguments for an agent, encrypted with its secret. */
final class LaunchFile {
    private static final Pattern ARGUMENT = Pattern.compile("<argument>([^<]*)</argument>");
    private static final int IV_BYTES = 16;
    private static final int KEY_DIGITS = 32;

    static List<String> fetch(String url, String secret) throws IOException {
        HttpURLConnection connection = Endpoint.open(new URL(url + "?encrypt=true"));
        if (connection.getResponseCode() != 200) {
            throw new IOException("Failed to load " + url + ": " + connection.getResponseCode());
        }
        byte[] content = connection.getInputStream().readAllBytes();
        boolean encrypted = "application/octet-stream".equals(connection.getContentType());
        return arguments(encrypted ? decrypt(content, secret) : new String(content, StandardCharsets.UTF_8));
    }

    private static String decrypt(byte[] content, String secret) throws IOException {
        if (secret == null || secret.length() < KEY_DIGITS) throw new IOException("-secret is required");
        try {
            byte[] key = HexFormat.of().parseHex(secret, 0, KEY_DIGITS);
            Cipher cipher = Cipher.getInstance("AES/CFB8/NoPadding");
            IvParameterSpec iv = new IvParameterSpec(Arrays.copyOf(content, IV_BYTES));
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), iv);
            byte[] plain = cipher.doFinal(content, IV_BYTES, content.length - IV_BYTES);
            return new String(plain, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException fault) {
            throw new IOException("Failed to decrypt the JNLP file. Invalid secret key?", fault);
        }
    }

    private static List<String> arguments(String jnlp) throws IOException {
        List<String> arguments = new ArrayList<>();
        Matcher matcher = ARGUMENT.matcher(jnlp);
        while (matcher.find()) arguments.add(unescape(matcher.group(1)));
        if (arguments.isEmpty()) throw new IOException("Failed to decrypt the JNLP file. Invalid secret key?");
        return arguments;
    }

    private static String unescape(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"")
            .replace("&apos;", "'").replace("&amp;", "&");
    }

    private LaunchFile() {}
}
