package dev.dowel.authtoken;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Base64 of RFC 4648 with exactly one accepted spelling per alphabet and padding form. The decoders of the JDK take
 * several spellings of the same bytes (trailing bits that are not zero, missing or half padding, line breaks), so that
 * one token would have many texts.
 */
final class StrictBase64 {

    private static final int FOREIGN = -1;
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) FOREIGN);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for (int i = 0; i < alphabet.length(); i++) {
            VALUES[alphabet.charAt(i)] = (byte) i;
        }
        VALUES['+'] = VALUES['-'] = 62;
        VALUES['/'] = VALUES['_'] = 63;
    }

    private StrictBase64() {}

    /** Returns the bytes, or null if the text mixes alphabets or is not spelled in the one right way. */
    static byte @Nullable [] decode(String text) {
        return decode(text, 0);
    }

    /** Decodes what begins at the offset. */
    static byte @Nullable [] decode(String text, int start) {
        int length = text.length();
        int padding = 0;
        while (padding < length - start && text.charAt(length - 1 - padding) == '=') {
            padding++;
        }
        int digits = length - start - padding;
        if (digits % 4 == 1 || (padding != 0 && padding != (4 - digits % 4) % 4)) {
            return null;
        }
        byte[] bytes = new byte[(int) (digits * 3L / 4)];
        boolean standard = false;
        boolean urlSafe = false;
        int bits = 0;
        int held = 0;
        int out = 0;
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(start + i);
            int value = c < VALUES.length ? VALUES[c] : FOREIGN;
            standard |= c == '+' || c == '/';
            urlSafe |= c == '-' || c == '_';
            if (value == FOREIGN || (standard && urlSafe)) {
                return wiped(bytes);
            }
            bits = (bits << 6) | value;
            held += 6;
            if (held >= 8) {
                held -= 8;
                bytes[out++] = (byte) (bits >> held);
                bits &= (1 << held) - 1;
            }
        }
        return bits == 0 ? bytes : wiped(bytes);
    }

    private static byte @Nullable [] wiped(byte[] bytes) {
        Arrays.fill(bytes, (byte) 0);
        return null;
    }
}
