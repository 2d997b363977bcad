package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request in one spelling, to choose rules by; it never gets into a key. A spelling that another part of the
 * service may read as another path (a dot segment, a backslash, or an encoded slash that was left) is doubtful.
 */
record RequestPath(String value, boolean doubtful) {
    static RequestPath of(HttpServletRequest request) {
        String servletPath = request.getServletPath();
        @Nullable String pathInfo = request.getPathInfo();
        return read(pathInfo == null ? servletPath : servletPath + pathInfo);
    }

    static RequestPath read(String path) {
        String normal = normal(path);
        return new RequestPath(normal, isDoubtful(normal));
    }

    /** Without path parameters, repeated and trailing slashes; empty for the root. */
    static String normal(String path) {
        StringBuilder normal = new StringBuilder(path.length());
        boolean parameter = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            parameter = c == ';' || (parameter && c != '/');
            boolean repeated = c == '/' && !normal.isEmpty() && normal.charAt(normal.length() - 1) == '/';
            if (!parameter && !repeated) {
                normal.append(c);
            }
        }
        int length = normal.length();
        return length > 0 && normal.charAt(length - 1) == '/' ? normal.substring(0, length - 1) : normal.toString();
    }

    private static boolean isDoubtful(String path) {
        if (path.indexOf('\\') >= 0) {
            return true;
        }
        for (int dot = path.indexOf("/."); dot >= 0; dot = path.indexOf("/.", dot + 1)) {
            int end = path.startsWith("/..", dot) ? dot + 3 : dot + 2;
            if (end == path.length() || path.charAt(end) == '/') {
                return true;
            }
        }
        for (int percent = path.indexOf('%'); percent >= 0; percent = path.indexOf('%', percent + 1)) {
            if (path.regionMatches(true, percent, "%2f", 0, 3)
                    || path.regionMatches(true, percent, "%5c", 0, 3)
                    || path.regionMatches(true, percent, "%2e", 0, 3)) {
                return true;
            }
        }
        return false;
    }

    boolean fits(String wanted, boolean prefix) {
        boolean begins = value.regionMatches(true, 0, wanted, 0, wanted.length());
        return begins && (value.length() == wanted.length() || (prefix && value.charAt(wanted.length()) == '/'));
    }
}
