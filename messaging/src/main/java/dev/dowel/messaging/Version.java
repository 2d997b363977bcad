package dev.dowel.messaging;

import java.util.Comparator;

/**
 * Three numbers that say which form of an event a body has, as in Semantic Versioning 2.0.0 without pre-release and
 * build parts: their dots would add words to the routing key.
 *
 * @param major changes when a consumer of the former version would break; 0 to 999,999
 * @param minor changes when something is added; 0 to 999,999
 * @param patch changes when neither is true; 0 to 999,999
 */
public record Version(int major, int minor, int patch) implements Comparable<Version> {
    static final int LIMIT = 999_999;
    private static final int MOST_DIGITS = 6;
    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    /**
     * Checks the three parts.
     *
     * @param major changes when a consumer of the former version would break; 0 to 999,999
     * @param minor changes when something is added; 0 to 999,999
     * @param patch changes when neither is true; 0 to 999,999
     * @throws IllegalArgumentException if a part is below 0 or above 999,999
     */
    public Version {
        if (major < 0 || minor < 0 || patch < 0 || major > LIMIT || minor > LIMIT || patch > LIMIT) {
            throw new IllegalArgumentException("Each part of a version is 0 to 999999");
        }
    }

    /**
     * Reads a version such as {@code 1.0.0}.
     *
     * @param text three decimal numbers without leading zeros, separated by dots
     * @return the version
     * @throws IllegalArgumentException if the text has any other form, including pre-release or build parts
     */
    public static Version parse(String text) {
        int minor = text.indexOf('.') + 1;
        int patch = text.indexOf('.', minor) + 1;
        if (minor == 0 || patch == 0) {
            throw malformed(text);
        }
        return new Version(
                number(text, 0, minor - 1), number(text, minor, patch - 1), number(text, patch, text.length()));
    }

    /** By hand, because a version is read for each message. */
    private static int number(String text, int begin, int end) {
        int length = end - begin;
        if (length < 1 || length > MOST_DIGITS || (length > 1 && text.charAt(begin) == '0')) {
            throw malformed(text);
        }
        int number = 0;
        for (int i = begin; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(text);
            }
            number = 10 * number + digit;
        }
        return number;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("A version is three numbers such as 1.0.0, without pre-release or build"
                + " parts; got a text of " + text.length() + " characters");
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    /** Returns the three numbers separated by dots. */
    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
