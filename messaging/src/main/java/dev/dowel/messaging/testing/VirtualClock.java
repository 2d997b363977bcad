package dev.dowel.messaging.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Time that passes only when it is told to, and what waits for it. One may read it at any time; all else is guarded by the double's lock. */
final class VirtualClock implements InstantSource {
    private final Instant epoch = Instant.now();
    private final List<Scheduled> scheduled = new ArrayList<>();
    private volatile Duration now = Duration.ZERO;

    private record Scheduled(Duration at, Runnable work) {}

    @Override
    public Instant instant() {
        return epoch.plus(now);
    }

    void later(Duration delay, Runnable work) {
        scheduled.add(new Scheduled(now.plus(delay), work));
    }

    void advance(Duration time) {
        Duration target = now.plus(time);
        for (Optional<Scheduled> due = dueUntil(target); due.isPresent(); due = dueUntil(target)) {
            scheduled.remove(due.get());
            now = due.get().at();
            due.get().work().run();
        }
        now = target;
    }

    private Optional<Scheduled> dueUntil(Duration target) {
        return scheduled.stream()
                .filter(one -> one.at().compareTo(target) <= 0)
                .min(Comparator.comparing(Scheduled::at));
    }
}
