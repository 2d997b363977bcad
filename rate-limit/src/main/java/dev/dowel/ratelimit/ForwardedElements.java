package dev.dowel.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * The {@code for} parameters of the last elements of a {@code Forwarded} header (RFC 7239). Commas and semicolons within
 * quotes divide nothing. A header that is wrong somewhere has no elements: where quotes do not match, nobody can tell what
 * a proxy wrote from what a client wrote.
 */
final class ForwardedElements {
    private static final ForwardedElements NONE = new ForwardedElements("");

    private final String text;
    private final String[] nodes = new String[ForwardedAddress.MOST_HOPS];
    private int count;
    private int at;

    private ForwardedElements(String text) {
        this.text = text;
    }

    static ForwardedElements parse(String text) {
        ForwardedElements elements = new ForwardedElements(text);
        return elements.read() ? elements : NONE;
    }

    int size() {
        return Math.min(count, nodes.length);
    }

    /** Returns what the element says of the client, empty if nothing; 1 is the last one. */
    String fromTheRight(int position) {
        return nodes[(count - position) % nodes.length];
    }

    private boolean read() {
        while (true) {
            String node = "";
            do {
                skipSpaces();
                int start = at;
                skipToken();
                String name = text.substring(start, at);
                if (next('=')) {
                    if (name.isEmpty()) {
                        return false;
                    }
                    @Nullable String value = value();
                    if (value == null) {
                        return false;
                    }
                    if (name.equalsIgnoreCase("for")) {
                        if (!node.isEmpty()) {
                            return false;
                        }
                        node = value;
                    }
                } else if (!name.isEmpty()) {
                    return false;
                }
                skipSpaces();
            } while (next(';'));
            nodes[count % nodes.length] = node;
            count++;
            if (at == text.length()) {
                return true;
            }
            if (!next(',')) {
                return false;
            }
        }
    }

    private @Nullable String value() {
        if (!next('"')) {
            int start = at;
            skipToken();
            return text.substring(start, at);
        }
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c == '\\') {
                if (at == text.length()) {
                    return null;
                }
                c = text.charAt(at++);
            }
            value.append(c);
        }
        return null;
    }

    private boolean next(char wanted) {
        boolean found = at < text.length() && text.charAt(at) == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    /** Also passes over what a token may not have but proxies write, such as the colons of an address without quotes. */
    private void skipToken() {
        while (at < text.length() && "=,;\" \t".indexOf(text.charAt(at)) < 0) {
            at++;
        }
    }

    private void skipSpaces() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }
}
