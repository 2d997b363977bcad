package dev.dowel.authtoken;

import java.util.Objects;

/** One path ({@code /health}) or a path and all below it ({@code /api/*}), as in servlet mappings. */
record PathMapping(String path, boolean prefix) {

    static PathMapping parse(String mapping) {
        Objects.requireNonNull(mapping, "mapping");
        boolean prefix = mapping.endsWith("/*");
        String path = prefix ? mapping.substring(0, mapping.length() - 2) : mapping;
        boolean everything = prefix && path.isEmpty();
        boolean emptySegment = prefix && path.endsWith("/");
        if (path.indexOf('*') >= 0 || emptySegment || (!everything && !RequestPath.isCanonical(path, false))) {
            throw new IllegalArgumentException(
                    "mapping must be a canonical decoded path like /health, or end with /* like /api/*: " + mapping);
        }
        return new PathMapping(path, prefix);
    }

    /** For rules that loosen. */
    boolean matchesExactly(String requested) {
        return prefix ? requested.startsWith(path) && endsSegment(requested) : requested.equals(path);
    }

    /** For rules that tighten: a service may take other case and a last slash for the same path. */
    boolean matchesWidely(String requested) {
        if (prefix) {
            return requested.regionMatches(true, 0, path, 0, path.length()) && endsSegment(requested);
        }
        int length = withoutLastSlash(path);
        return length == withoutLastSlash(requested) && requested.regionMatches(true, 0, path, 0, length);
    }

    private boolean endsSegment(String requested) {
        return requested.length() == path.length() || requested.charAt(path.length()) == '/';
    }

    private static int withoutLastSlash(String path) {
        return path.endsWith("/") ? path.length() - 1 : path.length();
    }

    /** Returns a number that is greater the fewer paths match; a single path beats every prefix. */
    int specificity() {
        return prefix ? path.length() : Integer.MAX_VALUE;
    }
}
