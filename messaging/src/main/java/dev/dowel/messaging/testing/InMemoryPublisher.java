package dev.dowel.messaging.testing;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Receipt;
import dev.dowel.messaging.RouteRequirement;
import dev.dowel.messaging.internal.Encoding;
import dev.dowel.messaging.internal.SetFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Publishes to one exchange of the double. */
final class InMemoryPublisher implements Publisher {
    /** The default of the real one. */
    private static final int MAX_BODY = 1024 * 1024;

    private final String exchange;
    private final InMemoryMessaging messaging;
    private final Encoding encoding;

    InMemoryPublisher(String exchange, InMemoryMessaging messaging) {
        this.exchange = exchange;
        this.messaging = messaging;
        this.encoding =
                new Encoding(exchange, messaging.json(), messaging.observers().tracing(), MAX_BODY);
    }

    @Override
    public CompletionStage<Receipt> publish(Message<?> message) {
        return stage(() -> publishAndWait(message));
    }

    @Override
    public CompletionStage<Receipt> publish(MessageSet set) {
        return stage(() -> publishAndWait(set));
    }

    @Override
    public CompletionStage<Receipt> publish(EncodedMessage message) {
        return stage(() -> send(message, messaging.observers().events().now()));
    }

    @Override
    public CompletionStage<Receipt> tryPublish(Message<?> message) {
        return publish(message);
    }

    @Override
    public CompletionStage<Receipt> tryPublish(MessageSet set) {
        return publish(set);
    }

    private static CompletionStage<Receipt> stage(Supplier<Receipt> publishing) {
        try {
            return CompletableFuture.completedFuture(publishing.get());
        } catch (PublishException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public EncodedMessage encode(Message<?> message) {
        return encoding.encode(message);
    }

    @Override
    public Receipt publishAndWait(Message<?> message) {
        long since = messaging.observers().events().now();
        return send(encode(message, since), since);
    }

    @Override
    public Receipt publishAndWait(MessageSet set) {
        checkNotEmpty(set);
        long since = messaging.observers().events().now();
        List<EncodedMessage> all =
                set.messages().stream().map(one -> encode(one, since)).toList();
        List<PublishException> failures = new ArrayList<>();
        for (EncodedMessage message : all) {
            try {
                send(message, since);
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
        throw SetFailure.of(failures, all.size());
    }

    private EncodedMessage encode(Message<?> message, long since) {
        try {
            return encoding.encodeToPublish(message);
        } catch (PublishException e) {
            messaging.observers().events().published(exchange, message.type().name(), Optional.of(e.kind()), since);
            throw e;
        }
    }

    private static void checkNotEmpty(MessageSet set) {
        if (set.messages().isEmpty()) {
            throw new IllegalArgumentException("The set is empty: add the event in at least one version");
        }
    }

    private Receipt send(EncodedMessage message, long since) {
        Optional<PublishException.Kind> failure = Optional.empty();
        try {
            encoding.checkSize(message);
            messaging.deprecations().publishing(message);
            messaging.broker().accept(exchange, message);
        } catch (PublishException e) {
            failure = Optional.of(e.kind());
            throw e;
        } finally {
            messaging.observers().events().published(exchange, message.type(), failure, since);
        }
        return new Receipt(message.messageId(), message.eventId());
    }
}
