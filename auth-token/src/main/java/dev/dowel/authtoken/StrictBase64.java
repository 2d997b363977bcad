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

    /** Decodes what begins at the offset; takes memory only for a text that is spelled in the one right way. */
    static byte @Nullable [] decode(String text, int start) {
        int length = text.length();
        int padding = 0;
        while (padding < length - start && text.charAt(length - 1 - padding) == '=') {
            padding++;
        }
        int digits = length - start - padding;
        if (digits % 4 == 1 || (padding != 0 && padding != (4 - digits % 4) % 4) || !isStrict(text, start, digits)) {
            return null;
        }
        byte[] bytes = new byte[(int) (digits * 3L / 4)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) byteAt(text, start, i);
        }
        return bytes;
    }

    /** Returns one byte of what begins at the offset, whatever follows it, or -1 if no two digits spell it. */
    static int byteAt(String text, int start, int position) {
        int step = position % 3;
        int digit = start + position / 3 * 4 + step;
        if (digit + 1 >= text.length()) {
            return -1;
        }
        int high = value(text.charAt(digit));
        int low = value(text.charAt(digit + 1));
        return high == FOREIGN || low == FOREIGN ? -1 : ((high << (2 + 2 * step)) | (low >> (4 - 2 * step))) & 0xff;
    }

    /** Returns whether the digits are of one alphabet, and the last one holds no bits that belong to no byte. */
    private static boolean isStrict(String text, int start, int digits) {
        boolean standard = false;
        boolean urlSafe = false;
        int last = 0;
        for (int i = start; i < start + digits; i++) {
            char c = text.charAt(i);
            last = value(c);
            standard |= c == '+' || c == '/';
            urlSafe |= c == '-' || c == '_';
            if (last == FOREIGN || (standard && urlSafe)) {
                return false;
            }
        }
        int spare = digits * 6 % 8;
        return (last & ((1 << spare) - 1)) == 0;
    }

    private static int value(char c) {
        return c < VALUES.length ? VALUES[c] : FOREIGN;
    }
}
