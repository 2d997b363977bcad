package dev.dowel.messaging.internal;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The names of the library's own headers, and what may stand in headers that callers set. */
public final class Headers {
    public static final String EVENT_ID = "event-id";
    public static final String MESSAGE_VERSION = "message-version";
    public static final String MESSAGE_KEY = "message-key";
    public static final String MESSAGE_ATTEMPT = "message-attempt";
    /** The first day without the version that the message has. */
    public static final String MESSAGE_SUNSET = "message-sunset";

    public static final String FAILURE = "failure-";
    /** Where a message was published to that came back from the parking lot. */
    public static final String MESSAGE_EXCHANGE = "message-exchange";
    /** The key a message was published with that came back from the parking lot. */
    public static final String MESSAGE_ROUTING_KEY = "message-routing-key";

    private static final Set<String> RESERVED = Set.of(
            EVENT_ID,
            MESSAGE_VERSION,
            MESSAGE_KEY,
            MESSAGE_SUNSET,
            MESSAGE_ATTEMPT,
            MESSAGE_EXCHANGE,
            MESSAGE_ROUTING_KEY);
    private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");
    private static final int ID_LIMIT = 64;
    private static final int NAME_LIMIT = 128;
    private static final int VALUE_LIMIT = 8_192;
    private static final int SHORT_STRING_LIMIT = 255;

    private Headers() {}

    public static String checkId(String id) {
        if (id.isEmpty() || id.length() > ID_LIMIT) {
            throw new IllegalArgumentException("An event id has 1 to " + ID_LIMIT + " characters");
        }
        return id;
    }

    public static String checkName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (name.isEmpty() || name.length() > NAME_LIMIT) {
            throw new IllegalArgumentException("A header's name has 1 to " + NAME_LIMIT + " characters");
        }
        checkShortString(name, "A header's name");
        if (RESERVED.contains(lower)
                || lower.startsWith(FAILURE)
                || lower.startsWith("x-")
                || lower.equals("cc")
                || lower.equals("bcc")) {
            throw new IllegalArgumentException("The header " + shown(lower) + " belongs to the library or the broker");
        }
        return name;
    }

    public static String checkValue(String name, String value) {
        if (value.length() > VALUE_LIMIT) {
            throw new IllegalArgumentException(
                    "The header " + shown(name) + " is longer than " + VALUE_LIMIT + " characters");
        }
        return value;
    }

    /** Returns a name as a message may quote it: on one line, and without what a terminal would obey. */
    public static String shown(String name) {
        return name.chars().allMatch(each -> each >= ' ' && each <= '~')
                ? name
                : UNPRINTABLE.matcher(name).replaceAll("?");
    }

    public static void checkShortString(String value, String what) {
        if (value.isEmpty() || !isShortString(value)) {
            throw new IllegalArgumentException(what + " has 1 to " + SHORT_STRING_LIMIT + " bytes in UTF-8");
        }
    }

    static boolean isShortString(String value) {
        return value.length() <= SHORT_STRING_LIMIT
                && value.getBytes(StandardCharsets.UTF_8).length <= SHORT_STRING_LIMIT;
    }
}
