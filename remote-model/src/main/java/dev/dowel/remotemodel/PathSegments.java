package dev.dowel.remotemodel;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** The first segments of a decoded path, one after the other; empty segments do not count. */
final class PathSegments {

    private final String path;
    private int at;

    PathSegments(String path) {
        this.path = path;
    }

    /** Returns the next segment, empty at the end. */
    String next() {
        while (at < path.length() && path.charAt(at) == '/') {
            at++;
        }
        int end = path.indexOf('/', at);
        String segment = path.substring(at, end < 0 ? path.length() : end);
        at += segment.length();
        return segment;
    }

    /** Reads a path as sent the way containers do: parameters off, segments decoded, dot segments resolved. */
    static String decoded(String sent, String contextPath) {
        Deque<String> segments = new ArrayDeque<>();
        for (String raw : sent.split("/", -1)) {
            String segment = decodedSegment(raw.replaceFirst(";.*", ""));
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        Arrays.stream(contextPath.split("/", -1))
                .filter(part -> !part.isEmpty())
                .forEach(part -> segments.poll());
        return "/" + String.join("/", segments);
    }

    private static String decodedSegment(String raw) {
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return raw;
        }
    }
}
