package dev.dowel.messaging;

import dev.dowel.messaging.internal.EventName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which versions of an event a consumer takes: {@code ^1.2.0} (same major, at least 1.2.0), {@code ~1.2.0} (same minor,
 * at least 1.2.0), {@code 1.2.0} (only that) or {@code >=1 <3} (whole majors). The broker selects by words of the
 * routing key; what is finer than a word is filtered by the library.
 *
 * @param from the lowest version taken
 * @param below the first version above that is not taken
 */
public record VersionRange(Version from, Version below) {
    private static final Pattern MAJORS = Pattern.compile(">=(0|[1-9]\\d{0,5}) <(0|[1-9]\\d{0,5})");
    private static final int MAJOR_LIMIT = 100;

    /**
     * Checks the order.
     *
     * @param from the lowest version taken
     * @param below the first version above that is not taken
     * @throws IllegalArgumentException if the range is empty or spans more than 100 majors
     */
    public VersionRange {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(below, "below");
        if (from.compareTo(below) >= 0) {
            throw new IllegalArgumentException("The range from " + from + " to below " + below + " is empty");
        }
        if (lastMajor(below) - from.major() >= MAJOR_LIMIT) {
            throw new IllegalArgumentException("A range spans at most " + MAJOR_LIMIT + " majors");
        }
    }

    /**
     * Reads a range.
     *
     * @param text one of the four forms above
     * @return the range
     * @throws IllegalArgumentException if the text has any other form
     */
    public static VersionRange parse(String text) {
        Matcher majors = MAJORS.matcher(text);
        if (majors.matches()) {
            return new VersionRange(
                    new Version(Integer.parseInt(majors.group(1)), 0, 0),
                    new Version(Integer.parseInt(majors.group(2)), 0, 0));
        }
        if (text.startsWith("^")) {
            Version from = Version.parse(text.substring(1));
            return new VersionRange(from, nextMajor(from));
        }
        if (text.startsWith("~")) {
            Version from = Version.parse(text.substring(1));
            return new VersionRange(from, nextMinor(from));
        }
        Version exact = Version.parse(text);
        return new VersionRange(
                exact,
                exact.patch() == Version.LIMIT
                        ? nextMinor(exact)
                        : new Version(exact.major(), exact.minor(), exact.patch() + 1));
    }

    private static Version nextMinor(Version version) {
        return version.minor() == Version.LIMIT
                ? nextMajor(version)
                : new Version(version.major(), version.minor() + 1, 0);
    }

    private static Version nextMajor(Version version) {
        if (version.major() == Version.LIMIT) {
            throw new IllegalArgumentException("No range ends above major " + Version.LIMIT);
        }
        return new Version(version.major() + 1, 0, 0);
    }

    private static int lastMajor(Version below) {
        return below.minor() + below.patch() > 0 ? below.major() : below.major() - 1;
    }

    /**
     * Tells whether a version is taken.
     *
     * @param version the version
     * @return true if it lies in the range
     */
    public boolean contains(Version version) {
        return from.compareTo(version) <= 0 && version.compareTo(below) < 0;
    }

    /**
     * Tells whether versions of more than one major are taken.
     *
     * @return true if two events of different majors can both match
     */
    public boolean spansMajors() {
        return lastMajor(below) > from.major();
    }

    /**
     * Returns the topic bindings that let every version of the range through, and perhaps a few more.
     *
     * @param eventName the event's name
     * @return at least one key, such as {@code user.deleted.1.*.*}
     */
    public List<String> bindingKeys(String eventName) {
        String name = EventName.check(eventName);
        if (from.major() == below.major() && from.minor() == below.minor() && from.patch() + 1 == below.patch()) {
            return List.of(name + "." + from);
        }
        if (withinOneMinor()) {
            return List.of(name + "." + from.major() + "." + from.minor() + ".*");
        }
        List<String> keys = new ArrayList<>();
        for (int major = from.major(); major <= lastMajor(below); major++) {
            keys.add(name + "." + major + ".*.*");
        }
        return List.copyOf(keys);
    }

    private boolean withinOneMinor() {
        return from.major() == below.major()
                && (from.minor() == below.minor() || (from.minor() + 1 == below.minor() && below.patch() == 0));
    }
}
