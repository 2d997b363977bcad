package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.MessageSet;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Receipt;
import dev.dowel.messaging.RouteRequirement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes to one exchange over the shared lanes. */
final class RabbitPublisher implements Publisher {
    private static final int PERSISTENT = 2;

    private final String exchange;
    private final Lanes lanes;
    private final Encoding encoding;
    private final String appId;
    private final Callbacks callbacks;
    private final Events events;
    private final Deprecations deprecations;

    RabbitPublisher(
            String exchange,
            Lanes lanes,
            Encoding encoding,
            String appId,
            Callbacks callbacks,
            Events events,
            Deprecations deprecations) {
        this.exchange = exchange;
        this.lanes = lanes;
        this.encoding = encoding;
        this.appId = appId;
        this.callbacks = callbacks;
        this.events = events;
        this.deprecations = deprecations;
    }

    @Override
    public CompletionStage<Receipt> publish(Message<?> message) {
        return handedOut(lanes.deadline(), (since, deadline) -> {
            EncodedMessage encoded = encode(message, since);
            return new Sending(List.of(encoded), () -> send(encoded, since, deadline));
        });
    }

    @Override
    public CompletionStage<Receipt> publish(MessageSet set) {
        return handedOut(lanes.deadline(), (since, deadline) -> {
            List<EncodedMessage> all = encode(set, since);
            return new Sending(all, () -> receipt(set, send(all, since, deadline)));
        });
    }

    @Override
    public CompletionStage<Receipt> publish(EncodedMessage message) {
        return handedOut(lanes.deadline(), (since, deadline) -> {
            checkSize(message, since);
            return new Sending(
                    List.of(message),
                    () -> receipt(
                            message,
                            told(message, lanes.publishOnce(message.key(), publication(message), deadline), since)));
        });
    }

    @Override
    public CompletionStage<Receipt> tryPublish(Message<?> message) {
        return handedOut(System.nanoTime(), (since, now) -> {
            List<EncodedMessage> encoded = List.of(encode(message, since));
            return new Sending(
                    encoded,
                    () -> receipt(encoded.get(0), trySend(encoded, since).get(0)));
        });
    }

    @Override
    public CompletionStage<Receipt> tryPublish(MessageSet set) {
        return handedOut(System.nanoTime(), (since, now) -> {
            List<EncodedMessage> all = encode(set, since);
            return new Sending(all, () -> receipt(set, trySend(all, since)));
        });
    }

    /** What is encoded, and how it is sent. */
    private record Sending(List<EncodedMessage> messages, Supplier<CompletableFuture<Receipt>> start) {}

    private interface Encoded {
        Sending toSend(long since, long deadline);
    }

    private CompletionStage<Receipt> handedOut(long deadline, Encoded encoded) {
        long since = events.now();
        try {
            Sending sending = encoded.toSend(since, deadline);
            reservePlace(sending.messages(), since, deadline);
            return callbacks.handOut(started(sending), RabbitPublisher::asPublishException);
        } catch (PublishException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Receipt> started(Sending sending) {
        boolean started = false;
        try {
            CompletableFuture<Receipt> sent = sending.start().get();
            started = true;
            return sent;
        } finally {
            if (!started) {
                callbacks.release();
            }
        }
    }

    private void reservePlace(List<EncodedMessage> messages, long since, long deadline) {
        String first = Headers.shown(messages.get(0).routingKey());
        PublishException failure;
        try {
            if (callbacks.tryReserve(deadline)) {
                return;
            }
            failure = new PublishException(
                    PublishException.Kind.BLOCKED,
                    first + " was not sent: callbacks of earlier publications have not returned",
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure =
                    new PublishException(PublishException.Kind.NOT_CONNECTED, first + " was not sent: interrupted", e);
        }
        for (EncodedMessage message : messages) {
            tell(message.type(), Optional.of(failure), since);
        }
        throw failure;
    }

    @Override
    public EncodedMessage encode(Message<?> message) {
        return encoding.encode(message);
    }

    @Override
    public Receipt publishAndWait(Message<?> message) {
        long since = events.now();
        return await(send(encode(message, since), since, lanes.deadline()), message.toString());
    }

    @Override
    public Receipt publishAndWait(MessageSet set) {
        long since = events.now();
        return await(receipt(set, send(encode(set, since), since, lanes.deadline())), set.toString());
    }

    private CompletableFuture<Receipt> send(EncodedMessage message, long since, long deadline) {
        return receipt(message, send(List.of(message), since, deadline).get(0));
    }

    private List<CompletableFuture<Void>> send(List<EncodedMessage> all, long since, long deadline) {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (EncodedMessage message : all) {
            sent.add(told(message, lanes.publish(message.key(), publication(message), deadline), since));
        }
        return sent;
    }

    private List<CompletableFuture<Void>> trySend(List<EncodedMessage> all, long since) {
        List<CompletableFuture<Void>> sent;
        try {
            sent = lanes.tryPublish(
                    all.stream().map(this::publication).toList(),
                    all.stream().map(EncodedMessage::key).toList());
        } catch (PublishException e) {
            all.forEach(message -> tell(message.type(), Optional.of(e), since));
            throw e;
        }
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            told.add(told(all.get(i), sent.get(i), since));
        }
        return told;
    }

    /** Returns the outcome after the listeners have heard it, so that who waits for it may look at a meter. */
    private CompletableFuture<Void> told(EncodedMessage message, CompletableFuture<Void> sent, long since) {
        return events.silent()
                ? sent
                : sent.whenComplete((done, e) ->
                        tell(message.type(), Optional.ofNullable(e).map(RabbitPublisher::asPublishException), since));
    }

    private void tell(String event, Optional<PublishException> failure, long since) {
        events.published(exchange, event, failure.map(PublishException::kind), since);
    }

    private void checkSize(EncodedMessage message, long since) {
        try {
            EncodedMessage unused = encoding.checkSize(message);
        } catch (PublishException e) {
            tell(message.type(), Optional.of(e), since);
            throw e;
        }
    }

    private EncodedMessage encode(Message<?> message, long since) {
        try {
            return encoding.encodeToPublish(message);
        } catch (PublishException e) {
            tell(message.type().name(), Optional.of(e), since);
            throw e;
        }
    }

    /** Encodes all before any is sent, so that one that cannot be encoded keeps the others back. */
    private List<EncodedMessage> encode(MessageSet set, long since) {
        if (set.messages().isEmpty()) {
            throw new IllegalArgumentException("The set is empty: add the event in at least one version");
        }
        List<EncodedMessage> all = new ArrayList<>();
        set.messages().forEach(message -> all.add(encode(message, since)));
        return all;
    }

    private Publication publication(EncodedMessage message) {
        deprecations.publishing(message);
        return new Publication(
                exchange,
                message.routingKey(),
                message.route() != RouteRequirement.NONE,
                properties(message),
                message.body());
    }

    private static CompletableFuture<Receipt> receipt(EncodedMessage message, CompletableFuture<Void> sent) {
        return sent.thenApply(confirmed -> new Receipt(message.messageId(), message.eventId()));
    }

    private static CompletableFuture<Receipt> receipt(MessageSet set, List<CompletableFuture<Void>> sent) {
        Receipt receipt = new Receipt(set.messages().get(0).messageId(), set.eventId());
        return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
                .handle((all, ignored) -> {
                    List<PublishException> failures = sent.stream()
                            .map(RabbitPublisher::failure)
                            .filter(Objects::nonNull)
                            .toList();
                    boolean enough = set.route() == RouteRequirement.ANY
                            && failures.size() < sent.size()
                            && failures.stream().allMatch(RabbitPublisher::unroutable);
                    if (failures.isEmpty() || enough) {
                        return receipt;
                    }
                    throw SetFailure.of(failures, sent.size());
                });
    }

    /** Tells whether nobody is bound, also where that was found out only when it was sent again. */
    private static boolean unroutable(PublishException failure) {
        return failure.kind() == PublishException.Kind.UNROUTABLE
                || Arrays.stream(failure.getSuppressed())
                        .anyMatch(later ->
                                later instanceof PublishException e && e.kind() == PublishException.Kind.UNROUTABLE);
    }

    private static @Nullable PublishException failure(CompletableFuture<?> done) {
        try {
            done.join();
            return null;
        } catch (CompletionException e) {
            return asPublishException(e);
        }
    }

    private static PublishException asPublishException(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof PublishException failure
                ? failure
                : new PublishException(
                        PublishException.Kind.CONNECTION_LOST, "The outcome is unknown: " + cause.getClass(), cause);
    }

    private AMQP.BasicProperties properties(EncodedMessage message) {
        return new AMQP.BasicProperties.Builder()
                .messageId(message.messageId())
                .type(message.type())
                .contentType(message.contentType())
                .correlationId(message.correlationId().orElse(null))
                .timestamp(Date.from(Instant.now()))
                .appId(appId)
                .deliveryMode(PERSISTENT)
                .headers(Map.copyOf(message.headers()))
                .build();
    }

    private static Receipt await(CompletableFuture<Receipt> sent, String what) {
        try {
            return sent.get();
        } catch (ExecutionException e) {
            throw asPublishException(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishException(
                    PublishException.Kind.TIMEOUT, what + " has an unknown outcome: interrupted while waiting", e);
        }
    }
}
