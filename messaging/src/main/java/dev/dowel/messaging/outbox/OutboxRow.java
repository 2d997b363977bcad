package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;

/** One stored message; {@code attempts} counts those before. */
record OutboxRow(long id, String exchange, EncodedMessage message, int attempts) {
    /** What the rows of one set share; the same set on another exchange is another event. */
    record Event(String exchange, String id) {}

    Event event() {
        return new Event(exchange, message.eventId());
    }
}
