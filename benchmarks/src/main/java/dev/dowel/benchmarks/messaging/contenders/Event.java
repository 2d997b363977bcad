package dev.dowel.benchmarks.messaging.contenders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dowel.messaging.EventType;

/** What is published. */
public record Event(long id, String name, String text) {

    /** The event as messaging knows it when it encodes it itself. */
    static final EventType<Event> TYPE = EventType.of("bench.event", "1.0.0", Event.class);

    /** The event as messaging knows it when its body was encoded before. */
    public static final EventType<byte[]> ENCODED = EventType.of("bench.event", "1.0.0", byte[].class);

    /** What all contenders use that encode. */
    static final ObjectMapper MAPPER = new ObjectMapper();

    /** Returns an event whose JSON has this many bytes, at least 100. */
    public static Event ofSize(int bytes) {
        Event empty = new Event(42, "bench.event", "");
        return new Event(42, "bench.event", "x".repeat(bytes - empty.json().length));
    }

    /** Returns the event as JSON. */
    public byte[] json() {
        try {
            return MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event cannot be encoded", e);
        }
    }
}
