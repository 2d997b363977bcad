package dev.dowel.messaging.internal;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.MessagingListener.DeprecatedVersion;
import dev.dowel.messaging.MessagingListener.Published;
import dev.dowel.messaging.MessagingListener.TopologyProblem;
import dev.dowel.messaging.PublishException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners what happened. With none, nothing is measured and no event is made. Immutable. */
public final class Events {
    /** Nobody listens. */
    public static final Events NONE = new Events(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);

    private final List<Guarded> listeners;

    /**
     * Makes what tells the listeners.
     *
     * @param listeners who listens
     */
    public Events(List<MessagingListener> listeners) {
        this.listeners = listeners.stream().map(Guarded::new).toList();
    }

    boolean silent() {
        return listeners.isEmpty();
    }

    /**
     * Returns the time from which a duration counts.
     *
     * @return nanoseconds, or 0 if nobody listens
     */
    public long now() {
        return silent() ? 0 : System.nanoTime();
    }

    /**
     * Tells where the state can be read.
     *
     * @param health reads it
     */
    public void attached(Supplier<MessagingHealth> health) {
        tell(listener -> listener.attached(health));
    }

    /**
     * Tells that a subscription was started.
     *
     * @param queue its queue
     */
    public void subscribed(String queue) {
        tell(listener -> listener.subscribed(queue));
    }

    /**
     * Tells that a publication ended.
     *
     * @param exchange where it was published
     * @param event the event's name
     * @param failure why it was not confirmed; empty if it was
     * @param since what {@link #now()} returned before
     */
    public void published(String exchange, String event, Optional<PublishException.Kind> failure, long since) {
        if (!silent()) {
            Published published = new Published(exchange, event, failure, Duration.ofNanos(System.nanoTime() - since));
            tell(listener -> listener.published(published));
        }
    }

    /**
     * Tells that a message came in a version that will end.
     *
     * @param version which
     */
    public void deprecated(DeprecatedVersion version) {
        tell(listener -> listener.deprecatedVersion(version));
    }

    void topologyProblem(String object, String reason) {
        if (!silent()) {
            TopologyProblem problem = new TopologyProblem(object, reason);
            tell(listener -> listener.topologyProblem(problem));
        }
    }

    void tell(Consumer<MessagingListener> event) {
        for (Guarded listener : listeners) {
            listener.tell(event);
        }
    }

    /** A listener that harms nobody. */
    private static final class Guarded {
        private final MessagingListener listener;
        private final AtomicBoolean complained = new AtomicBoolean();

        Guarded(MessagingListener listener) {
            this.listener = listener;
        }

        void tell(Consumer<MessagingListener> event) {
            try {
                event.accept(listener);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable e) { // NOPMD: whatever it is, the message it is about must not suffer
                if (complained.compareAndSet(false, true)) {
                    LOG.warn(
                            "The messaging listener {} failed; messages go on and this is said once",
                            listener.getClass().getName(),
                            e);
                }
            }
        }
    }
}
