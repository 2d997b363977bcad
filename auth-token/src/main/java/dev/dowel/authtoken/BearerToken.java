package dev.dowel.authtoken;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The characters that follow {@code Bearer} in an {@code Authorization} header. Immutable; two instances are never
 * equal, so that a token does not become a key by accident, and {@link #toString()} does not show it.
 */
public final class BearerToken {

    private final String text;
    private final int start;

    private BearerToken(String text, int start) {
        this.text = text;
        this.start = start;
    }

    /**
     * Returns a token with the given characters.
     *
     * @param value {@code b64token} of RFC 6750: letters, digits and {@code -._~+/}, then any number of {@code =}
     * @return the token
     * @throws IllegalArgumentException if the value is not of that grammar; the message does not show it
     */
    public static BearerToken of(String value) {
        Objects.requireNonNull(value, "value");
        BearerToken token = parse(value, 0);
        if (token == null) {
            throw new IllegalArgumentException(
                    "value is not a bearer token: use letters, digits, -._~+/ and = at the end");
        }
        return token;
    }

    /**
     * Returns the characters.
     *
     * @return the token in clear; keep it out of logs, messages and keys of caches
     */
    public String value() {
        return text.substring(start);
    }

    /**
     * Returns a constant.
     *
     * @return a text without the token
     */
    @Override
    public String toString() {
        return "BearerToken[redacted]";
    }

    /** Returns the bytes that the token spells in Base64, or null if it is not spelled in the one right way. */
    byte @Nullable [] base64() {
        return StrictBase64.decode(text, start);
    }

    /** Returns how long the client id is that the token spells in Base64 before a colon, or -1 if it spells none. */
    int clientIdLength() {
        return ClientId.lengthIn(text, start);
    }

    /** Returns the token that begins at the offset, or null if what stands there is none. */
    static @Nullable BearerToken parse(String text, int start) {
        return isToken(text, start) ? new BearerToken(text, start) : null;
    }

    private static boolean isToken(String text, int start) {
        int end = text.length();
        while (end > start && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~+/".indexOf(c) >= 0;
            if (!allowed) {
                return false;
            }
        }
        return end > start;
    }
}
