package dev.dowel.example.demo;

import dev.dowel.messaging.Messaging;

/** The broker of a demo run: where it comes from, and how it is taken away and brought back. */
interface Broker extends AutoCloseable {
    /** Says in one line what it is and how it will be taken away. */
    String description();

    /** Returns messaging that is started, for one service. */
    Messaging connect(String service);

    /** Takes the broker away; returns one line that says how. */
    String takeAway();

    /** Brings it back; returns one line that says how. */
    String bringBack();

    /** Frees what was started and removes what was declared. */
    @Override
    void close();
}
