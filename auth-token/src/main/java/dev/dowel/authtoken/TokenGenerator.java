package dev.dowel.authtoken;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Makes secrets of 256 random bits: a prefix, an underscore, 43 Base62 digits, and the CRC-32 of all that in 6 Base62
 * digits, so that a scanner can tell a leaked one without asking anybody. Also a program:
 *
 * <pre>{@code java -jar dowel-auth-token.jar billing}</pre>
 */
public final class TokenGenerator {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_DIGITS = 43;
    private static final int CHECK_DIGITS = 6;
    private static final String DEFAULT_PREFIX = "dwl";
    private static final Pattern GENERATED = Pattern.compile("[A-Za-z0-9]{1,16}_[A-Za-z0-9]{49}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private TokenGenerator() {}

    /**
     * Returns a fresh secret.
     *
     * @param clientId whose secret it will be: {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
     * @param prefix tells your secrets from others': 1 to 16 ASCII letters and digits
     * @return the secret and the texts made from it
     * @throws IllegalArgumentException if the client id or the prefix is not of its grammar
     */
    public static GeneratedToken generate(String clientId, String prefix) {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(prefix, "prefix");
        if (!prefix.matches("[A-Za-z0-9]{1,16}")) {
            throw new IllegalArgumentException("prefix must be 1 to 16 ASCII letters and digits");
        }
        StringBuilder secret = new StringBuilder(prefix).append('_');
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            secret.append(DIGITS.charAt(RANDOM.nextInt(DIGITS.length())));
        }
        return new GeneratedToken(clientId, secret + checksum(secret.toString()));
    }

    /**
     * Returns whether a text looks like a secret of this generator: grammar and checksum fit. For scanners of sources and
     * logs; of other texts of that grammar about one in four thousand million passes.
     *
     * @param text anything
     * @return whether it is to be taken for a secret
     */
    public static boolean isGenerated(String text) {
        Objects.requireNonNull(text, "text");
        int body = text.length() - CHECK_DIGITS;
        return GENERATED.matcher(text).matches()
                && checksum(text.substring(0, body)).equals(text.substring(body));
    }

    /**
     * Prints a fresh secret, the token to send and the line to configure, once, to standard output.
     *
     * @param arguments the client id and, if it shall not be {@code dwl}, the prefix
     */
    public static void main(String[] arguments) {
        int status = run(arguments, System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (arguments.length < 1 || arguments.length > 2) {
            err.println("usage: TokenGenerator CLIENT_ID [PREFIX]");
            return 2;
        }
        GeneratedToken generated;
        try {
            generated = generate(arguments[0], arguments.length == 2 ? arguments[1] : DEFAULT_PREFIX);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
        out.println("Shown this once. Secret of " + generated.clientId() + ":");
        out.println(generated.secret());
        out.println("The caller sends:");
        out.println("Authorization: Bearer " + generated.token());
        out.println("The service called gets this line in CLIENT_TOKENS or CLIENT_TOKENS_FILE:");
        out.println(generated.configurationLine());
        return 0;
    }

    static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        char[] digits = new char[CHECK_DIGITS];
        long rest = crc.getValue();
        for (int i = CHECK_DIGITS - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        return new String(digits);
    }
}
