package dev.dowel.remotemodel;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what goes wrong, but not for every request. */
final class MigrationLog implements MigrationListener {

    private static final Logger log = LoggerFactory.getLogger(MigratingRepository.class);
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanos;
    private final Map<String, Quiet> quiet = new HashMap<>();

    MigrationLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private static final class Quiet {
        private long since;
        private long leftOut;
    }

    @Override
    public void differed(String entity, String operation, List<String> paths) {
        warn(entity, "differed", operation + " gave different answers at " + paths);
    }

    @Override
    public void notCompared(String entity, String operation, NotCompared reason) {
        warn(entity, "notCompared" + reason, operation + " was not compared: " + reason);
    }

    @Override
    public void secondWriteFailed(String entity, String operation, String id, String failure) {
        String which = id.isEmpty() ? "" : " of id " + id;
        warn(
                entity,
                "secondWriteFailed",
                operation + which + " failed on the second side with " + failure + "; the sides now differ");
    }

    @Override
    public void fellBack(String entity, String operation, String failure) {
        warn(entity, "fellBack", operation + " was answered locally, for the remote side failed with " + failure);
    }

    private void warn(String entity, String kind, String message) {
        long leftOut;
        synchronized (quiet) {
            long now = nanos.getAsLong();
            Quiet state = quiet.get(entity + kind);
            if (state == null) {
                state = new Quiet();
                quiet.put(entity + kind, state);
            } else if (now - state.since < PAUSE) {
                state.leftOut++;
                return;
            }
            state.since = now;
            leftOut = state.leftOut;
            state.leftOut = 0;
        }
        log.warn("Migration of {}: {} ({} more like this since the last message)", entity, message, leftOut);
    }
}
