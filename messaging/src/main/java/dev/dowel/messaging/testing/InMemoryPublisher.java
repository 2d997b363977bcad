package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Receipt;
import dev.dowel.messaging.RouteRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Publishes to one exchange of the double. */
final class InMemoryPublisher implements Publisher {
    private final String exchange;
    private final InMemoryMessaging messaging;

    InMemoryPublisher(String exchange, InMemoryMessaging messaging) {
        this.exchange = exchange;
        this.messaging = messaging;
    }

    @Override
    public CompletionStage<Receipt> publish(Message<?> message) {
        return publish(message.encode(messaging.json()));
    }

    @Override
    public CompletionStage<Receipt> publish(MessageSet set) {
        checkNotEmpty(set);
        try {
            return CompletableFuture.completedFuture(publishAndWait(set));
        } catch (PublishException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Receipt> publish(EncodedMessage message) {
        try {
            return CompletableFuture.completedFuture(send(message));
        } catch (PublishException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Receipt publishAndWait(Message<?> message) {
        return send(message.encode(messaging.json()));
    }

    @Override
    public Receipt publishAndWait(MessageSet set) {
        checkNotEmpty(set);
        List<PublishException> failures = new ArrayList<>();
        for (Message<?> message : set.messages()) {
            try {
                send(message.encode(messaging.json()));
            } catch (PublishException e) {
                failures.add(e);
            }
        }
        boolean enough = set.route() == RouteRequirement.ANY
                && failures.size() < set.messages().size()
                && failures.stream().allMatch(e -> e.kind() == PublishException.Kind.UNROUTABLE);
        if (failures.isEmpty() || enough) {
            return new Receipt(set.messages().get(0).messageId(), set.eventId());
        }
        throw failures.get(0);
    }

    private static void checkNotEmpty(MessageSet set) {
        if (set.messages().isEmpty()) {
            throw new IllegalArgumentException("The set is empty: add the event in at least one version");
        }
    }

    private Receipt send(EncodedMessage message) {
        messaging.accept(exchange, message);
        return new Receipt(message.messageId(), message.eventId());
    }
}
