package dev.dowel.ratelimit;

import org.jspecify.annotations.Nullable;

/** Reads an address as proxies write it: {@code 192.0.2.7}, {@code 192.0.2.7:80}, {@code 2001:db8::1}, {@code [2001:db8::1]:443}. */
final class NodeParser {
    private static final int LONGEST_PORT = 5;

    private NodeParser() {}

    /** Returns the address, or null if the text is none, such as {@code unknown}; spaces and tabs around it are passed over. */
    static @Nullable ClientAddress parse(String text, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(text.charAt(to - 1))) {
            to--;
        }
        if (from == to) {
            return null;
        }
        if (text.charAt(from) == '[') {
            int close = text.indexOf(']', from);
            boolean whole = close > 0 && close < to && (close + 1 == to || isPort(text, close + 1, to));
            boolean ipv6 = whole && text.lastIndexOf(':', close) > from;
            return ipv6 ? ClientAddress.parse(text, from + 1, close) : null;
        }
        int colon = text.indexOf(':', from);
        boolean withPort = colon >= 0 && colon < to && text.lastIndexOf(':', to - 1) == colon;
        if (withPort) {
            return isPort(text, colon, to) ? ClientAddress.parse(text, from, colon) : null;
        }
        return ClientAddress.parse(text, from, to);
    }

    private static boolean isPort(String text, int colon, int end) {
        int digits = end - colon - 1;
        if (text.charAt(colon) != ':' || digits < 1 || digits > LONGEST_PORT) {
            return false;
        }
        for (int i = colon + 1; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
