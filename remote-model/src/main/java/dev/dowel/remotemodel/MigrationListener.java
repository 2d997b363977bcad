package dev.dowel.remotemodel;

import java.util.List;

/**
 * Hears how a migration goes. No event holds a value of an entity or a credential; a path holds the keys of maps that look
 * like the names of fields. Implementations are safe for use by several threads and quick; what they throw is ignored.
 */
public interface MigrationListener {

    /** Why a shadow read was not compared. */
    enum NotCompared {

        /** Too many were under way, no thread could be started, or the repository is closed. */
        BUSY,

        /** It did not end within its deadline. */
        LATE,

        /** A side failed when it was asked beside the request. */
        FAILED,

        /** An entity could not be written as JSON. */
        UNREADABLE
    }

    /**
     * Both sides gave the same answer.
     *
     * @param entity the name of the repository
     * @param operation the method, such as {@code get}
     */
    default void agreed(String entity, String operation) {}

    /**
     * The sides gave different answers, and again a moment later.
     *
     * @param entity the name of the repository
     * @param operation the method, such as {@code get}
     * @param paths where in an entity, such as {@code author.name} or {@code lines[].price}, at most 20; {@code (presence)}
     *     when one side lacks an entity, {@code (count)} when lists have different lengths
     */
    default void differed(String entity, String operation, List<String> paths) {}

    /**
     * A read that should have been compared was not. The caller got its answer all the same.
     *
     * @param entity the name of the repository
     * @param operation the method, such as {@code get}
     * @param reason why
     */
    default void notCompared(String entity, String operation, NotCompared reason) {}

    /**
     * The second of two writes failed, so the sides differ. The caller waited for it and knows
     * nothing else of it.
     *
     * @param entity the name of the repository
     * @param operation the method, such as {@code create}
     * @param id the entity's id, empty when not known
     * @param failure the kind of exception, without its message
     */
    default void secondWriteFailed(String entity, String operation, String id, String failure) {}

    /**
     * The remote side failed and the local one answered.
     *
     * @param entity the name of the repository
     * @param operation the method, such as {@code get}
     * @param failure the kind of exception, without its message
     */
    default void fellBack(String entity, String operation, String failure) {}

    /**
     * Returns a listener that logs everything but agreement at WARN, each kind of event at most once a minute for each
     * entity, with the number of those left out.
     *
     * @return the listener
     */
    static MigrationListener logging() {
        return new MigrationLog(System::nanoTime);
    }
}
