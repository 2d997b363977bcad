package dev.dowel.messaging;

import java.util.Objects;

/**
 * What the broker has taken responsibility for.
 *
 * @param messageId the id of the message, or of the first message of a set
 * @param eventId the id of the event
 */
public record Receipt(String messageId, String eventId) {
    /**
     * Checks that nothing is null.
     *
     * @param messageId the id of the message, or of the first message of a set
     * @param eventId the id of the event
     */
    public Receipt {
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(eventId, "eventId");
    }
}
