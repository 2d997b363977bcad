package dev.dowel.benchmarks.outbox;

import java.nio.charset.StandardCharsets;

/** JSON of the size asked for, which tells the number of its event. */
final class NumberedBody {

    private static final String BEFORE = "{\"id\":";
    private static final String AFTER = ",\"name\":\"bench.event\",\"text\":\"";
    private static final String END = "\"}";

    private NumberedBody() {}

    /** Returns the body of an event, at least 60 bytes. */
    static byte[] of(int number, int size) {
        String start = BEFORE + number + AFTER;
        return (start + "x".repeat(size - start.length() - END.length()) + END).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the bodies of as many events, from this number on. */
    static byte[][] of(int first, int count, int size) {
        byte[][] bodies = new byte[count][];
        for (int i = 0; i < count; i++) {
            bodies[i] = of(first + i, size);
        }
        return bodies;
    }

    /** Returns the number of the event. */
    static int number(byte[] body) {
        int number = 0;
        for (int i = BEFORE.length(); body[i] != ','; i++) {
            number = number * 10 + body[i] - '0';
        }
        return number;
    }
}
