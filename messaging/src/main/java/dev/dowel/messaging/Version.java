package dev.dowel.messaging;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Three numbers that say which form of an event a body has, as in Semantic Versioning 2.0.0 without pre-release and
 * build parts: their dots would add words to the routing key.
 *
 * @param major changes when a consumer of the former version would break; 0 to 999,999
 * @param minor changes when something is added; 0 to 999,999
 * @param patch changes when neither is true; 0 to 999,999
 */
public record Version(int major, int minor, int patch) implements Comparable<Version> {
    private static final Pattern FORM = Pattern.compile("(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})");
    private static final int LIMIT = 999_999;
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
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("A version is three numbers such as 1.0.0, without pre-release or build"
                    + " parts; got a text of " + text.length() + " characters");
        }
        return new Version(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
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
