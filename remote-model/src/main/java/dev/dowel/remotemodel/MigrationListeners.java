package dev.dowel.remotemodel;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All who listen, as one. What one throws reaches neither a caller nor the next. */
record MigrationListeners(List<MigrationListener> all) implements MigrationListener {

    private static final Logger log = LoggerFactory.getLogger(MigratingRepository.class);

    /** The kind of a failure; its message may hold what a database or a service had to say about the content. */
    static String kind(RuntimeException failure) {
        String kind = failure.getClass().getSimpleName();
        return failure instanceof RemoteResponseException response ? kind + " " + response.status() : kind;
    }

    private void each(Consumer<MigrationListener> event) {
        for (MigrationListener listener : all) {
            try {
                event.accept(listener);
            } catch (Throwable theirs) {
                log.debug(
                        "A migration listener failed with {}", theirs.getClass().getName());
            }
        }
    }

    @Override
    public void agreed(String entity, String operation) {
        each(listener -> listener.agreed(entity, operation));
    }

    @Override
    public void differed(String entity, String operation, List<String> paths) {
        each(listener -> listener.differed(entity, operation, paths));
    }

    @Override
    public void notCompared(String entity, String operation, NotCompared reason) {
        each(listener -> listener.notCompared(entity, operation, reason));
    }

    @Override
    public void secondWriteFailed(String entity, String operation, String id, String failure) {
        each(listener -> listener.secondWriteFailed(entity, operation, id, failure));
    }

    @Override
    public void fellBack(String entity, String operation, String failure) {
        each(listener -> listener.fellBack(entity, operation, failure));
    }
}
