package dev.dowel.messaging;

/** Where the connection to the broker stands. */
public enum ConnectionState {
    /** Not started. */
    NEW,
    /** Connecting for the first time or again. */
    CONNECTING,
    /** Connected. */
    CONNECTED,
    /** Connected, but the broker does not accept publications at the moment (memory or disk alarm). */
    BLOCKED,
    /** Not connected; the next attempt is scheduled. */
    BACKING_OFF,
    /** Closed by the caller. */
    CLOSED
}
