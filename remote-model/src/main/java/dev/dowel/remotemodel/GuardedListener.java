package dev.dowel.remotemodel;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a listener throws must not reach a caller. */
record GuardedListener(MigrationListener listener) implements MigrationListener {

    private static final Logger log = LoggerFactory.getLogger(MigratingRepository.class);

    private static void guard(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException theirs) {
            log.debug("A migration listener failed with {}", theirs.getClass().getName());
        }
    }

    @Override
    public void agreed(String entity, String operation) {
        guard(() -> listener.agreed(entity, operation));
    }

    @Override
    public void differed(String entity, String operation, List<String> paths) {
        guard(() -> listener.differed(entity, operation, paths));
    }

    @Override
    public void notCompared(String entity, String operation, NotCompared reason) {
        guard(() -> listener.notCompared(entity, operation, reason));
    }

    @Override
    public void secondWriteFailed(String entity, String operation, String id, String failure) {
        guard(() -> listener.secondWriteFailed(entity, operation, id, failure));
    }

    @Override
    public void fellBack(String entity, String operation, String failure) {
        guard(() -> listener.fellBack(entity, operation, failure));
    }
}
