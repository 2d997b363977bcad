package dev.dowel.messaging.internal;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What the copy of a message in a retry or parking queue says of its failure, on a broker and on the double alike.
 *
 * @param queue the subscription's queue
 * @param exchange the exchange it was published to
 * @param reason why it failed, of any length
 * @param exception the exception's class, or empty
 * @param host where
 * @param at when
 */
public record Failure(String queue, String exchange, String reason, String exception, String host, Instant at) {
    /**
     * Returns the headers of the copy.
     *
     * @param message what failed
     * @return names and values
     */
    public Map<String, String> notes(Incoming message) {
        Map<String, String> notes = new HashMap<>();
        notes.put(FailureHeaders.EXCHANGE, exchange);
        notes.put(FailureHeaders.ROUTING_KEY, message.routingKey());
        notes.put(FailureHeaders.QUEUE, queue);
        notes.put(FailureHeaders.REASON, FailureReport.cut(reason));
        notes.put(FailureHeaders.EXCEPTION, FailureReport.cut(exception));
        notes.put(FailureHeaders.FIRST_AT, message.firstFailureAt().orElse(at).toString());
        notes.put(FailureHeaders.LAST_AT, at.toString());
        notes.put(FailureHeaders.HOST, host);
        return notes;
    }
}
