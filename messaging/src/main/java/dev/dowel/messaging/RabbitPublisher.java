package dev.dowel.messaging;

import com.rabbitmq.client.AMQP;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Publishes to one exchange over the shared lane. */
final class RabbitPublisher implements Publisher {
    private static final int PERSISTENT = 2;

    private final String exchange;
    private final Lane lane;
    private final JsonCodec json;
    private final String appId;
    private final int maxBodySize;
    private final Executor callbacks;

    RabbitPublisher(String exchange, Lane lane, JsonCodec json, String appId, int maxBodySize, Executor callbacks) {
        this.exchange = exchange;
        this.lane = lane;
        this.json = json;
        this.appId = appId;
        this.maxBodySize = maxBodySize;
        this.callbacks = callbacks;
    }

    @Override
    public CompletionStage<Receipt> publish(Message<?> message) {
        return publish(message.encode(json));
    }

    @Override
    public CompletionStage<Receipt> publish(MessageSet set) {
        return onCallbacks(send(set));
    }

    @Override
    public CompletionStage<Receipt> publish(EncodedMessage message) {
        return onCallbacks(send(message));
    }

    @Override
    public Receipt publishAndWait(Message<?> message) {
        return await(send(message.encode(json)), message.toString());
    }

    @Override
    public Receipt publishAndWait(MessageSet set) {
        return await(send(set), set.toString());
    }

    private CompletableFuture<Receipt> send(EncodedMessage message) {
        if (message.body().length > maxBodySize) {
            return CompletableFuture.failedFuture(new PublishException(
                    PublishException.Kind.TOO_LARGE,
                    message.routingKey() + " was not sent: its body has " + message.body().length
                            + " bytes, the limit is " + maxBodySize,
                    null));
        }
        return lane.publish(
                        exchange,
                        message.routingKey(),
                        message.route() != RouteRequirement.NONE,
                        properties(message),
                        message.body())
                .thenApply(confirmed -> new Receipt(message.messageId(), message.eventId()));
    }

    private CompletableFuture<Receipt> send(MessageSet set) {
        if (set.messages().isEmpty()) {
            throw new IllegalArgumentException("The set is empty: add the event in at least one version");
        }
        List<CompletableFuture<Receipt>> sent = new ArrayList<>();
        for (Message<?> message : set.messages()) {
            sent.add(send(message.encode(json)));
        }
        Receipt receipt = new Receipt(set.messages().get(0).messageId(), set.eventId());
        return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
                .handle((all, ignored) -> {
                    List<PublishException> failures = sent.stream()
                            .map(RabbitPublisher::failure)
                            .filter(Objects::nonNull)
                            .toList();
                    boolean enough = set.route() == RouteRequirement.ANY
                            && failures.size() < sent.size()
                            && failures.stream().allMatch(e -> e.kind() == PublishException.Kind.UNROUTABLE);
                    if (failures.isEmpty() || enough) {
                        return receipt;
                    }
                    throw failures.get(0);
                });
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

    private CompletionStage<Receipt> onCallbacks(CompletableFuture<Receipt> sent) {
        CompletableFuture<Receipt> handedOut = new CompletableFuture<>();
        CompletableFuture<Receipt> unused = sent.whenCompleteAsync(
                (receipt, e) -> {
                    if (e == null) {
                        handedOut.complete(receipt);
                    } else {
                        handedOut.completeExceptionally(asPublishException(e));
                    }
                },
                callbacks);
        return handedOut;
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
