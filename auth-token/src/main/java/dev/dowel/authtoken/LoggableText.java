package dev.dowel.authtoken;

/** Makes text that a caller chose fit for a log: at most 64 characters, printable ASCII, one line. */
final class LoggableText {

    private static final int LIMIT = 64;

    private LoggableText() {}

    static String of(String text) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String piece = c >= ' ' && c <= '~' && c != '\\' ? String.valueOf(c) : String.format("\\u%04x", (int) c);
            if (safe.length() + piece.length() > LIMIT) {
                break;
            }
            safe.append(piece);
        }
        return safe.toString();
    }
}
