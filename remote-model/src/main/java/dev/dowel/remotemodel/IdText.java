package dev.dowel.remotemodel;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/** The text of an id, checked before it goes anywhere; it may come from a request, so it is never repeated. */
final class IdText {

    static final int MAX_BYTES = 512;

    private static final Pattern REFUSED = Pattern.compile("[/\\\\%;\\p{Cc}]");
    private static final Pattern NEVER = Pattern.compile("[\\\\\\p{Cc}]");
    private static final Pattern ESCAPE = Pattern.compile("%([0-7][0-9A-Fa-f])");

    private IdText() {}

    static String check(String text, IdPolicy policy) {
        Objects.requireNonNull(text, "id");
        if (isPlain(text)) {
            return text;
        }
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("the id is empty or a dot segment");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("the id holds half of a surrogate pair");
        }
        // No id has fewer bytes than characters, so a huge one is not encoded just to be measured.
        boolean tooLong = text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
        if (tooLong || (policy == IdPolicy.STRICT && REFUSED.matcher(text).find())) {
            throw new IllegalArgumentException(
                    "the id holds / \\ % ; or a control character, or is longer than " + MAX_BYTES + " bytes");
        }
        if (policy == IdPolicy.ENCODED && climbs(text)) {
            throw new IllegalArgumentException("the id holds \\, a control character or a dot segment, or only slashes,"
                    + " as it stands or once it is decoded");
        }
        return text;
    }

    /** Java also takes {@code 1-1-1-1-1} for a UUID, and that is the text of another one. */
    static UUID uuid(String text) {
        UUID id = UUID.fromString(text);
        if (!id.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("the text is not a UUID in its usual form");
        }
        return id;
    }

    /** Most ids are numbers or UUIDs, which need no closer look. */
    private static boolean isPlain(String text) {
        boolean plain = !text.isEmpty() && text.length() <= MAX_BYTES;
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        }
        return plain;
    }

    /** Whether a server that decodes, however often, and drops path parameters could see another path than meant. */
    static boolean climbs(String text) {
        String plain = decoded(text);
        if (NEVER.matcher(plain).find()) {
            return true;
        }
        boolean names = false;
        for (String part : plain.split("/", -1)) {
            int parameters = part.indexOf(';');
            String name = parameters < 0 ? part : part.substring(0, parameters);
            if (name.equals(".") || name.equals("..")) {
                return true;
            }
            names |= !name.isEmpty();
        }
        return !names;
    }

    /** Each round is shorter than the one before, so there are at most a few hundred. */
    private static String decoded(String text) {
        String plain = text;
        String before;
        do {
            before = plain;
            plain = ESCAPE.matcher(before).replaceAll(escape -> {
                char c = (char) Integer.parseInt(escape.group(1), 16);
                return c == '\\' || c == '$' ? "\\" + c : String.valueOf(c);
            });
        } while (!plain.equals(before));
        return plain;
    }
}
