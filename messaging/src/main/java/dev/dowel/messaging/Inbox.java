package dev.dowel.messaging;

import java.sql.Connection;

/**
 * Makes a handler take effect once per message: it remembers ids in the same transaction in which the handler writes.
 * Implementations are safe for use by several threads.
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
     * @throws Exception whatever the work or the database threw; nothing of the work took effect
     */
    boolean once(String consumer, String id, Work work) throws Exception;

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
