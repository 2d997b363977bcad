package dev.dowel.messaging;

import java.sql.Connection;

/**
 * Makes a handler take effect once per message, or {@linkplain #byEvent() per event}: it remembers ids in the same
 * transaction in which the handler writes. Implementations are safe for use by several threads.
 */
public interface Inbox {
    /**
     * Runs the work in a transaction unless this consumer has handled the id before. A concurrent run with the same id
     * waits for the first to end and runs only if that one rolled back.
     *
     * @param consumer the subscription's queue
     * @param id the message's or event's id
     * @param work the handler
     * @return true if the work ran and its transaction committed, false if the id was handled before
     * @throws Exception whatever the work or the database threw; nothing of the work took effect, unless it was the commit
     *     that failed: then that is unknown, and the same id again runs the work only if it did not
     */
    boolean once(String consumer, String id, Work work) throws Exception;

    /**
     * Returns by which id of a message a subscription tells that it came before.
     *
     * @return {@link Id#MESSAGE} unless the implementation says otherwise
     */
    default Id id() {
        return Id.MESSAGE;
    }

    /**
     * Returns this inbox, told to go by the event's id: of the forms of a {@link MessageSet} the first one takes effect and
     * the others count as duplicates. A subscription that had an inbox by message id before works off its queue first, for
     * what it remembered then are other ids.
     *
     * @return an inbox that remembers where this one does
     */
    default Inbox byEvent() {
        return new EventInbox(this);
    }

    /** By which id a message is known again. */
    enum Id {
        /** The message's own; what was published again has the same. */
        MESSAGE,
        /** The event's, which the forms of a {@link MessageSet} share; the message's own where the publisher set none. */
        EVENT
    }

    /** What runs inside the inbox's transaction. */
    @FunctionalInterface
    interface Work {
        /**
         * Does the work.
         *
         * @param connection the transaction's connection; commit, rollback and close belong to the inbox
         * @throws Exception any failure; rolls back
         */
        void run(Connection connection) throws Exception;
    }
}
