package dev.dowel.example.demo;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.testing.InMemoryMessaging;

/** No broker at all: the in-memory double that ships with the library, with its scripted faults. */
final class MemoryBroker implements Broker {
    private final String why;
    private final InMemoryMessaging messaging = new InMemoryMessaging();

    MemoryBroker(String why) {
        this.why = why;
    }

    @Override
    public String description() {
        return why + "; its connections are dropped by script";
    }

    @Override
    public Messaging connect(String service) {
        messaging.start();
        return messaging;
    }

    @Override
    public String takeAway() {
        messaging.faults().dropConnections();
        return "the in-memory connections are dropped";
    }

    @Override
    public String bringBack() {
        messaging.faults().restoreConnections();
        return "the in-memory connections are restored";
    }

    @Override
    public void close() {
        messaging.close();
    }
}
