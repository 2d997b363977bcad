package dev.dowel.authtoken;

/** The grammar of client ids and labels: {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}, compared exactly. */
final class ClientId {

    private static final int LIMIT = 64;

    private ClientId() {}

    static boolean isValid(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!allowed(id.charAt(i), i)) {
                return false;
            }
        }
        return !id.isEmpty() && id.length() <= LIMIT;
    }

    /**
     * Returns how long the id is that stands before the first colon of what the text spells in Base64 from the offset on,
     * or -1 if none does. Every byte outside ASCII is refused, so what is not valid UTF-8 is refused too and nothing is ever
     * replaced or normalised. Looks no further than an id can be long and takes no memory, so garbage of any length costs
     * the same.
     */
    static int lengthIn(String base64, int start) {
        for (int i = 0; i <= LIMIT; i++) {
            int c = StrictBase64.byteAt(base64, start, i);
            if (c == ':' && i > 0) {
                return i;
            }
            if (!allowed(c, i)) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean allowed(int c, int position) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (position > 0 && (c == '.' || c == '_' || c == '-'));
    }
}
