package dev.dowel.messaging.testing;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.MessagingListener.Connection;
import dev.dowel.messaging.TraceContext;
import dev.dowel.messaging.internal.ConnectionEvents;
import dev.dowel.messaging.internal.Events;
import dev.dowel.messaging.internal.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Who hears what happens on the double, and what carries traces. Set up by one thread before the start. */
final class Observers {
    private final List<MessagingListener> listeners = new ArrayList<>();
    private volatile Events events = Events.NONE;
    private volatile ConnectionEvents publishing = new ConnectionEvents(Connection.PUBLISHING, events);
    private volatile ConnectionEvents consuming = new ConnectionEvents(Connection.CONSUMING, events);
    private volatile Tracing tracing = Tracing.NONE;

    void add(MessagingListener listener, Supplier<MessagingHealth> health) {
        listeners.add(listener);
        events = new Events(listeners);
        publishing = new ConnectionEvents(Connection.PUBLISHING, events);
        consuming = new ConnectionEvents(Connection.CONSUMING, events);
        new Events(List.of(listener)).attached(health);
    }

    void trace(TraceContext context) {
        tracing = new Tracing(Optional.of(context));
    }

    Events events() {
        return events;
    }

    Tracing tracing() {
        return tracing;
    }

    void state(ConnectionState now) {
        if (now != ConnectionState.NEW) {
            publishing.now(now);
            consuming.now(consuming(now));
        }
    }

    /** A broker's alarm blocks who publishes only. */
    static ConnectionState consuming(ConnectionState publishing) {
        return publishing == ConnectionState.BLOCKED ? ConnectionState.CONNECTED : publishing;
    }
}
