package dev.dowel.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The path that the container maps a dispatch by, and whether everybody would read it the same way. */
final class RequestPath {

    private RequestPath() {}

    /** Returns the decoded path within the context, or null if it is not canonical, as sent or as decoded. */
    static @Nullable String canonical(HttpServletRequest request) {
        boolean include = request.getDispatcherType() == DispatcherType.INCLUDE;
        String raw = include ? attribute(request, RequestDispatcher.INCLUDE_REQUEST_URI) : request.getRequestURI();
        // First, because Jetty throws when it is asked for the servlet path of an ambiguous one.
        if (raw == null || !isCanonical(raw, true)) {
            return null;
        }
        String servletPath =
                include ? attribute(request, RequestDispatcher.INCLUDE_SERVLET_PATH) : request.getServletPath();
        String pathInfo = include ? attribute(request, RequestDispatcher.INCLUDE_PATH_INFO) : request.getPathInfo();
        if (servletPath == null) {
            return null;
        }
        String path = pathInfo == null ? servletPath : servletPath + pathInfo;
        return isCanonical(path, false) ? path : null;
    }

    private static @Nullable String attribute(HttpServletRequest request, String name) {
        return request.getAttribute(name) instanceof String text ? text : null;
    }

    static boolean isCanonical(String path, boolean encoded) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < ' ' || c > '~' || c == ';' || c == '\\') {
                return false;
            }
            if (c == '/' && startsTwistedSegment(path, i + 1)) {
                return false;
            }
            // A percent sign in a decoded path means that whoever decodes again sees another path.
            if (c == '%' && !(encoded && isNeededEncoding(path, i + 1))) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether an empty segment that is not the last, or a dot segment, begins here. */
    private static boolean startsTwistedSegment(String path, int start) {
        int end = start;
        while (end < path.length() && path.charAt(end) == '.') {
            end++;
        }
        boolean over = end == path.length() || path.charAt(end) == '/';
        return over && (end - start == 1 || end - start == 2 || (end == start && end < path.length()));
    }

    /** Returns whether two hex digits follow, of an ASCII character that has to be encoded and cannot mislead. */
    private static boolean isNeededEncoding(String path, int start) {
        if (start + 2 > path.length()) {
            return false;
        }
        int high = Character.digit(path.charAt(start), 16);
        int low = Character.digit(path.charAt(start + 1), 16);
        int c = (high << 4) | low;
        boolean printable = high >= 0 && low >= 0 && c >= ' ' && c <= '~';
        return printable && !Character.isLetterOrDigit(c) && "-._~/\\;%".indexOf(c) < 0;
    }
}
