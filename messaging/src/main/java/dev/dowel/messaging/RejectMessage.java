package dev.dowel.messaging;

/** Thrown by a handler to park a message at once: no retry would help. */
public final class RejectMessage extends MessagingException {
    private static final long serialVersionUID = 1L;

    /**
     * Parks the message.
     *
     * @param reason why, kept with the parked message (at most 500 characters of it); no secrets
     */
    public RejectMessage(String reason) {
        super(reason, null);
    }
}
