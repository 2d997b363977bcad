package dev.dowel.messaging.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The headers of W3C Trace Context. What is malformed is as good as absent. */
final class TraceHeaders {
    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";

    private static final String IDS = "-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";
    /** Version 00 ends after the flags; a later one may go on after another hyphen. */
    private static final Pattern WELL_FORMED_PARENT =
            Pattern.compile("00" + IDS + "|(?!00|ff)[0-9a-f]{2}" + IDS + "(-[!-~]{0,200})?");

    private static final Pattern STATE_MEMBER =
            Pattern.compile("[a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]");
    private static final int STATE_MEMBERS = 32;
    private static final int STATE_LIMIT = 512;

    private TraceHeaders() {}

    /** Returns the well-formed ones: none, the parent, or the parent with its state. */
    static Map<String, String> of(Map<String, String> headers) {
        String parent = headers.get(PARENT);
        if (parent == null || !WELL_FORMED_PARENT.matcher(parent).matches()) {
            return Map.of();
        }
        Map<String, String> trace = new HashMap<>();
        trace.put(PARENT, parent);
        String state = headers.get(STATE);
        if (state != null && wellFormedState(state)) {
            trace.put(STATE, state);
        }
        return Map.copyOf(trace);
    }

    private static boolean wellFormedState(String state) {
        if (state.isBlank() || state.length() > STATE_LIMIT) {
            return false;
        }
        String[] members = state.split(",", -1);
        return members.length <= STATE_MEMBERS
                && Arrays.stream(members)
                        .map(String::strip)
                        .allMatch(member ->
                                member.isEmpty() || STATE_MEMBER.matcher(member).matches());
    }

    /** Tells whether somebody has set a trace, in whatever letters. */
    static boolean in(Map<String, String> headers) {
        return headers.keySet().stream().anyMatch(PARENT::equalsIgnoreCase);
    }
}
