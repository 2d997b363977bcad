package dev.dowel.authtoken;

import java.util.Objects;

/** One path ({@code /health}) or a path and all below it ({@code /api/*}), as in servlet mappings. */
record PathMapping(String path, boolean prefix) {

    static PathMapping parse(String mapping) {
        Objects.requireNonNull(mapping, "mapping");
        boolean prefix = mapping.endsWith("/*");
        String path = prefix ? mapping.substring(0, mapping.length() - 2) : mapping;
        boolean everything = prefix && path.isEmpty();
        if (path.indexOf('*') >= 0 || (!everything && !RequestPath.isCanonical(path, false))) {
            throw new IllegalArgumentException(
                    "mapping must be a canonical decoded path like /health, or end with /* like /api/*: " + mapping);
        }
        return new PathMapping(path, prefix);
    }

    boolean matches(String requested) {
        if (!prefix) {
            return requested.equals(path);
        }
        return requested.startsWith(path)
                && (requested.length() == path.length() || requested.charAt(path.length()) == '/');
    }

    /** Returns a number that is greater the fewer paths match; a single path beats every prefix. */
    int specificity() {
        return prefix ? path.length() : Integer.MAX_VALUE;
    }
}
