package dev.dowel.messaging.internal;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.MessagingListener.Connection;
import dev.dowel.messaging.MessagingListener.ConnectionChange;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Tells the changes of one connection's state. Safe for use by several threads. */
public final class ConnectionEvents {
    private final Connection connection;
    private final Events events;
    private final AtomicReference<ConnectionState> last = new AtomicReference<>(ConnectionState.NEW);
    private final AtomicBoolean wasConnected = new AtomicBoolean();

    /**
     * Makes what tells about a connection.
     *
     * @param connection which one
     * @param events who is told
     */
    public ConnectionEvents(Connection connection, Events events) {
        this.connection = connection;
        this.events = events;
    }

    /**
     * Notes the state, and tells it if it is another.
     *
     * @param state the state now
     */
    public void now(ConnectionState state) {
        ConnectionState before = last.getAndSet(state);
        if (before != state) {
            boolean reconnected = state == ConnectionState.CONNECTED
                    && before != ConnectionState.BLOCKED
                    && wasConnected.getAndSet(true);
            ConnectionChange change = new ConnectionChange(connection, before, state, reconnected);
            events.tell(listener -> listener.connectionChanged(change));
        }
    }
}
