package dev.dowel.remotemodel;

import org.jspecify.annotations.Nullable;

/** Makes a name fit for a log and for a metric's label: one line, no character that cannot be seen, not too long. */
final class ClientName {

    static final String ANONYMOUS = "anonymous";
    static final int MAX_LENGTH = 100;

    private ClientName() {}

    static String of(@Nullable String name) {
        if (name == null || name.isBlank()) {
            return ANONYMOUS;
        }
        StringBuilder safe = new StringBuilder();
        name.codePoints().limit(MAX_LENGTH).forEach(c -> safe.appendCodePoint(isVisible(c) ? c : '?'));
        return safe.toString();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
