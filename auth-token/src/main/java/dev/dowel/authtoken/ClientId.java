package dev.dowel.authtoken;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The grammar of client ids and labels: {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}, compared exactly. */
final class ClientId {

    private static final int LIMIT = 64;

    private ClientId() {}

    static boolean isValid(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!allowed(id.charAt(i), i)) {
                return false;
            }
        }
        return !id.isEmpty() && id.length() <= LIMIT;
    }

    /**
     * Returns the id that stands in the first bytes, or null. Every byte outside ASCII is refused, so what is not valid
     * UTF-8 is refused too and nothing is ever replaced or normalised.
     */
    static @Nullable String decode(byte[] bytes, int length) {
        if (length < 1 || length > LIMIT) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            if (!allowed(bytes[i], i)) {
                return null;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    private static boolean allowed(int c, int position) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (position > 0 && (c == '.' || c == '_' || c == '-'));
    }
}
