package dev.dowel.messaging.internal;

import java.util.Objects;
import java.util.regex.Pattern;

/** The form of an event's name: no word is purely numeric, so the version behind it can be told from it. */
public final class EventName {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");

    private EventName() {}

    /**
     * Checks a name.
     *
     * @param name words of {@code [a-z][a-z0-9-]*} separated by dots
     * @return the name
     * @throws IllegalArgumentException if it has another form
     */
    public static String check(String name) {
        if (!FORM.matcher(Objects.requireNonNull(name, "name")).matches()) {
            throw new IllegalArgumentException(
                    "An event's name is words of [a-z][a-z0-9-]* separated by dots, such as user.deleted");
        }
        return name;
    }
}
