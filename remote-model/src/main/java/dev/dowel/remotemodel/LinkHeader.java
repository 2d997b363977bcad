package dev.dowel.remotemodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The links of {@code Link} headers (RFC 8288). What is malformed is read as far as it makes sense and never fails; each
 * character is looked at a fixed number of times.
 */
final class LinkHeader {

    private static final String BLANKS = " \t";

    private final String text;
    private final List<Link> links = new ArrayList<>();
    private int at;

    private LinkHeader(String text) {
        this.text = text;
    }

    /**
     * A link of the document itself; one with an anchor is a link of something else and left out.
     *
     * @param target as it stands there, perhaps relative
     * @param relations in lower case
     */
    record Link(String target, List<String> relations) {}

    static List<Link> parse(List<String> headers) {
        List<Link> all = new ArrayList<>();
        headers.forEach(header -> all.addAll(new LinkHeader(header).parse()));
        return all;
    }

    private List<Link> parse() {
        while (skip(BLANKS + ',')) {
            if (text.charAt(at) != '<') {
                skipTo(",");
                continue;
            }
            int close = text.indexOf('>', at);
            if (close < 0) {
                break;
            }
            String target = text.substring(at + 1, close).strip();
            at = close + 1;
            parameters(target);
        }
        return links;
    }

    private void parameters(String target) {
        Optional<String> relation = Optional.empty();
        boolean anchored = false;
        while (skip(BLANKS) && text.charAt(at) != ',') {
            if (text.charAt(at) != ';') {
                skipTo(";,");
                continue;
            }
            at++;
            skip(BLANKS);
            String name = upTo("=;," + BLANKS).toLowerCase(Locale.ROOT);
            String value = "";
            if (skip(BLANKS) && text.charAt(at) == '=') {
                at++;
                value = value();
            }
            anchored |= name.equals("anchor");
            if (name.equals("rel") && relation.isEmpty()) {
                // The first one counts.
                relation = Optional.of(value);
            }
        }
        if (!anchored && relation.isPresent()) {
            String relations = relation.get().strip().toLowerCase(Locale.ROOT);
            links.add(new Link(target, List.of(relations.split("[ \\t]+", -1))));
        }
    }

    private String value() {
        if (skip(BLANKS) && text.charAt(at) == '"') {
            return quoted();
        }
        return upTo(";,").strip();
    }

    /** One that is not closed ends with the header. */
    private String quoted() {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at));
            at++;
        }
        at++;
        return value.toString();
    }

    private String upTo(String ends) {
        int start = at;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    /** Leaves out what cannot be understood; an end inside quotes is none. */
    private void skipTo(String ends) {
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            if (text.charAt(at) == '"') {
                quoted();
            } else {
                at++;
            }
        }
    }

    /** Skips characters; false at the end of the header. */
    private boolean skip(String characters) {
        while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length();
    }
}
