package dev.dowel.messaging.internal;

import java.util.Optional;

/**
 * A routing key that ends in a version, such as {@code user.deleted.1.0.0}. Read by hand, because it is read for each
 * message.
 */
record VersionedKey(String name, String version) {
    private static final int PARTS = 3;
    private static final int MOST_DIGITS = 6;

    /** Returns the two parts if the last three words have one to six digits each and something on one line is before them. */
    static Optional<VersionedKey> of(String key) {
        int end = key.length();
        for (int part = 0; part < PARTS; part++) {
            int begin = end;
            while (begin > 0 && isDigit(key.charAt(begin - 1))) {
                begin--;
            }
            if (begin == end || end - begin > MOST_DIGITS || begin < 2 || key.charAt(begin - 1) != '.') {
                return Optional.empty();
            }
            end = begin - 1;
        }
        for (int i = 0; i < end; i++) {
            if (endsLine(key.charAt(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(new VersionedKey(key.substring(0, end), key.substring(end + 1)));
    }

    private static boolean isDigit(char one) {
        return one >= '0' && one <= '9';
    }

    private static boolean endsLine(char one) {
        return one == '\n' || one == '\r' || one == '\u0085' || one == '\u2028' || one == '\u2029';
    }
}
