package dev.dowel.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** The names of the library's own headers, and what may stand in headers that callers set. */
final class Headers {
    static final String EVENT_ID = "event-id";
    static final String MESSAGE_VERSION = "message-version";
    static final String MESSAGE_KEY = "message-key";
    static final String MESSAGE_ATTEMPT = "message-attempt";
    static final String FAILURE = "failure-";

    private static final Set<String> RESERVED = Set.of(EVENT_ID, MESSAGE_VERSION, MESSAGE_KEY, MESSAGE_ATTEMPT);
    private static final int ID_LIMIT = 64;
    private static final int NAME_LIMIT = 128;
    private static final int VALUE_LIMIT = 8_192;
    private static final int SHORT_STRING_LIMIT = 255;

    private Headers() {}

    static String checkId(String id) {
        if (id.isEmpty() || id.length() > ID_LIMIT) {
            throw new IllegalArgumentException("An event id has 1 to " + ID_LIMIT + " characters");
        }
        return id;
    }

    static String checkName(String name) {
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
            throw new IllegalArgumentException("The header " + lower + " belongs to the library or the broker");
        }
        return name;
    }

    static String checkValue(String name, String value) {
        if (value.length() > VALUE_LIMIT) {
            throw new IllegalArgumentException("The header " + name + " is longer than " + VALUE_LIMIT + " characters");
        }
        return value;
    }

    static void checkShortString(String value, String what) {
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > SHORT_STRING_LIMIT) {
            throw new IllegalArgumentException(what + " has 1 to " + SHORT_STRING_LIMIT + " bytes in UTF-8");
        }
    }
}
