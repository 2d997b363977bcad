package dev.dowel.authtoken;

/** The grammar of {@code scope-token} in RFC 6749: printable ASCII without space, quote and backslash. */
final class Scope {

    private Scope() {}

    static boolean isValid(String scope) {
        for (int i = 0; i < scope.length(); i++) {
            char c = scope.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return !scope.isEmpty();
    }
}
