package dev.dowel.example.demo;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A consumer that only notes what arrives: it shows the messages as they came over the wire. */
final class EventTap implements AutoCloseable {
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Subscription subscription;

    /** One message. */
    record Seen(String routingKey, String messageId, String eventId, String key) {
        String line() {
            return routingKey + "  message-id=" + messageId + "  event-id=" + eventId + "  key=" + key;
        }
    }

    EventTap(Messaging messaging, String queue, String versions) {
        subscription = messaging
                .subscribe(queue)
                .bind("events", "user.deleted", VersionRange.parse(versions))
                .handler(
                        Map.class,
                        (body, delivery) -> seen.add(new Seen(
                                delivery.routingKey(),
                                delivery.messageId().orElse("none"),
                                delivery.eventId().orElse("none"),
                                delivery.key().orElse("none"))));
    }

    boolean listening() {
        return subscription.active();
    }

    /** Returns the messages about one user, in order of arrival. */
    List<Seen> about(long user) {
        return seen.stream()
                .filter(message -> message.key().equals(Long.toString(user)))
                .toList();
    }

    @Override
    public void close() {
        subscription.close();
    }
}
