package dev.dowel.messaging;

/**
 * Handles one message. The message is acknowledged after the handler has returned (and, with an {@link Inbox}, its
 * transaction has committed); whatever it throws sends the message to a retry queue or the parking lot. A message can
 * come more than once: use an inbox, or make the handler idempotent.
 *
 * @param <T> the body's type
 */
@FunctionalInterface
public interface MessageHandler<T> {
    /**
     * Handles a message on a thread of the subscription.
     *
     * @param body the decoded body
     * @param delivery what else came with it
     * @throws RetryLater to have it again after a delay of the handler's choice
     * @throws RejectMessage to park it at once
     * @throws Exception any other failure: the next retry delay, then the parking lot
     */
    void handle(T body, Delivery delivery) throws Exception;
}
