package dev.dowel.messaging.outbox;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs what many rows have in common once a minute, with how many there were, since an outage strikes all of them. */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long PAUSE_NANOS = 60_000_000_000L;
    private static final int MOST_CAUSES = 100;

    private final LongSupplier nanos;
    private final Map<String, Kept> causes = new HashMap<>();

    Complaints(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What was not logged of one cause since the last time. */
    private static final class Kept {
        private final long since;
        private long silent;

        Kept(long since) {
            this.since = since;
        }
    }

    synchronized int causes() {
        return causes.size();
    }

    synchronized void log(Level level, String cause, String text) {
        long now = nanos.getAsLong();
        Kept kept = causes.get(cause);
        if (kept != null && now - kept.since < PAUSE_NANOS) {
            kept.silent++;
            LOG.debug(text);
            return;
        }
        if (causes.size() >= MOST_CAUSES) {
            causes.clear();
        }
        causes.put(cause, new Kept(now));
        LOG.atLevel(level).log(kept == null || kept.silent == 0 ? text : text + " (and " + kept.silent + " before it)");
    }
}
