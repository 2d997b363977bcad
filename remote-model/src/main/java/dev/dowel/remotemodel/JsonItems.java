package dev.dowel.remotemodel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts the texts of the entities out of the text of a list, byte for byte, so that they can be kept one by one whatever
 * codec is used. The list has been decoded before, so it is known to be JSON.
 */
final class JsonItems {

    private static final String RESULTS = "\"results\"";
    private static final String CONTENT = "\"content\"";

    private final byte[] json;
    private int at;

    private JsonItems(byte[] json) {
        this.json = json;
    }

    /** The items of an array, or of the member {@code results}, else {@code content}, of an object; none without an array. */
    static List<byte[]> of(byte[] list) {
        return new JsonItems(list).items();
    }

    private List<byte[]> items() {
        skipBlanks();
        if (at < json.length && json[at] == '{' && !enterResults()) {
            return List.of();
        }
        List<byte[]> items = new ArrayList<>();
        if (at >= json.length || json[at] != '[') {
            return items;
        }
        at++;
        skipBlanks();
        while (at < json.length && json[at] != ']') {
            int start = at;
            skipValue();
            items.add(Arrays.copyOfRange(json, start, at));
            skipSeparator((byte) ',');
        }
        return items;
    }

    /** Moves to the value of the last member {@code results}: with duplicates the last one counts, as in Jackson. */
    private boolean enterResults() {
        int results = -1;
        int content = -1;
        at++;
        skipBlanks();
        while (at < json.length && json[at] != '}') {
            int start = at;
            skipString();
            String name = new String(json, start, at - start, StandardCharsets.UTF_8);
            skipSeparator((byte) ':');
            if (name.equals(RESULTS)) {
                results = at;
            } else if (name.equals(CONTENT)) {
                content = at;
            }
            skipValue();
            skipSeparator((byte) ',');
        }
        int found = results >= 0 ? results : content;
        at = Math.max(found, 0);
        return found >= 0;
    }

    private void skipValue() {
        int depth = 0;
        do {
            byte b = json[at];
            if (b == '"') {
                skipString();
            } else if (b == '{' || b == '[') {
                depth++;
                at++;
            } else if (b == '}' || b == ']') {
                depth--;
                at++;
            } else if (depth == 0) {
                skipScalar();
            } else {
                at++;
            }
        } while (depth > 0 && at < json.length);
    }

    private void skipScalar() {
        while (at < json.length && ",]} \n\r\t".indexOf(json[at]) < 0) {
            at++;
        }
    }

    private void skipString() {
        at++;
        while (at < json.length && json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    private void skipSeparator(byte separator) {
        skipBlanks();
        if (at < json.length && json[at] == separator) {
            at++;
        }
        skipBlanks();
    }

    private void skipBlanks() {
        while (at < json.length && " \n\r\t".indexOf(json[at]) >= 0) {
            at++;
        }
    }
}
