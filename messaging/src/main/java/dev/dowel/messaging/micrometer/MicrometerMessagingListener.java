package dev.dowel.messaging.micrometer;

import dev.dowel.messaging.ConnectionState;
import dev.dowel.messaging.MessagingHealth;
import dev.dowel.messaging.MessagingListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes meters of what messaging does. Their number is set by exchanges, queues and the events that this process publishes
 * or has bound; what other publishers call their events is counted as {@code other}.
 *
 * <ul>
 *   <li>{@code messaging.publish}: a timer of publications; tags {@code exchange}, {@code type} (the event's name), {@code
 *       outcome}: {@code confirmed} or a {@link dev.dowel.messaging.PublishException.Kind} in lower case
 *   <li>{@code messaging.publish.inflight}: how many messages are not confirmed yet
 *   <li>{@code messaging.consume}: a timer of handlings; tags {@code queue}, {@code type}, {@code outcome}: a {@link
 *       dev.dowel.messaging.MessagingListener.Result} in lower case
 *   <li>{@code messaging.delivery.lag}: a timer of the time from publishing to the first attempt, given back
 *       ones aside; tag {@code queue}
 *   <li>{@code messaging.handler.slow}: a counter of handlers that ran longer than they may; tags {@code queue}, {@code
 *       type}
 *   <li>{@code messaging.consume.deprecated}: a counter of attempts at messages in a version that will end; tags {@code
 *       queue}, {@code type}
 *   <li>{@code messaging.consumers.active}, {@code messaging.consumers.wanted}: how many consumers run and should run
 *   <li>{@code messaging.parked}: how many messages a parking queue holds, not a number while that is unknown; tag {@code
 *       queue}
 *   <li>{@code messaging.connection.state}: 1 for the state that a connection is in, 0 for others; tags {@code connection}:
 *       {@code publishing} or {@code consuming}, {@code state}
 *   <li>{@code messaging.connection.blocked.seconds}: for how long the broker has been blocking publishers, 0 if it is not
 *   <li>{@code messaging.connection.reconnects}: a counter of connections that came back; tag {@code connection}
 *   <li>{@code messaging.topology.problems}: how many exchanges, queues and bindings are not there as wanted
 * </ul>
 *
 * <p>Instances are safe for use by several threads. One listens to one messaging, because gauges show one state only; a
 * second messaging needs an instance with other tags.
 */
public final class MicrometerMessagingListener implements MessagingListener {
    private static final String TYPE = "type";
    private static final String QUEUE = "queue";
    private static final String OUTCOME = "outcome";
    private static final String CONNECTION = "connection";
    private static final int MOST_PUBLISHED = 1_000;

    private final MeterRegistry registry;
    private final Tags common;
    private final MeterProvider<Timer> publications;
    private final MeterProvider<Timer> handlings;
    private final MeterProvider<Timer> lags;
    private final MeterProvider<Counter> slowHandlers;
    private final MeterProvider<Counter> deprecated;
    private final FirstOnes published = new FirstOnes(MOST_PUBLISHED);
    private volatile @Nullable Supplier<MessagingHealth> health;

    /**
     * Makes the listener, for {@link dev.dowel.messaging.Messaging.Builder#listener}.
     *
     * @param registry where the meters are registered, most when they are first needed
     */
    public MicrometerMessagingListener(MeterRegistry registry) {
        this(registry, List.of());
    }

    /**
     * Makes a listener whose meters have tags of their own.
     *
     * @param registry where the meters are registered
     * @param tags what tells them from those of another messaging
     */
    public MicrometerMessagingListener(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.common = Tags.of(tags);
        this.publications = Timer.builder("messaging.publish")
                .description("Publications, until they were confirmed or failed")
                .tags(common)
                .withRegistry(registry);
        this.handlings = Timer.builder("messaging.consume")
                .description("Handlings of delivered messages")
                .tags(common)
                .withRegistry(registry);
        this.lags = Timer.builder("messaging.delivery.lag")
                .description("Time from publishing to the first attempt at handling, to the second")
                .tags(common)
                .withRegistry(registry);
        this.slowHandlers = Counter.builder("messaging.handler.slow")
                .description("Handlers that ran longer than they may")
                .tags(common)
                .withRegistry(registry);
        this.deprecated = Counter.builder("messaging.consume.deprecated")
                .description("Attempts at messages in a version that will end")
                .tags(common)
                .withRegistry(registry);
    }

    @Override
    public void attached(Supplier<MessagingHealth> newHealth) {
        health = newHealth;
        gauge(
                "messaging.publish.inflight",
                "Messages that are not confirmed yet",
                Tags.empty(),
                MessagingHealth::inFlight);
        gauge("messaging.consumers.active", "Running consumers", Tags.empty(), MessagingHealth::consumersActive);
        gauge("messaging.consumers.wanted", "Wanted consumers", Tags.empty(), MessagingHealth::consumersWanted);
        gauge(
                "messaging.topology.problems",
                "Exchanges, queues and bindings that are not there as wanted",
                Tags.empty(),
                now -> now.topologyProblems().size());
        gauge(
                "messaging.connection.blocked.seconds",
                "For how long the broker has been blocking publishers",
                Tags.empty(),
                now -> blockedSeconds(now.blockedSince()));
        states(Connection.PUBLISHING, MessagingHealth::publishing);
        states(Connection.CONSUMING, MessagingHealth::consuming);
    }

    private void states(Connection connection, Function<MessagingHealth, ConnectionState> state) {
        reconnects(connection);
        for (ConnectionState each : ConnectionState.values()) {
            gauge(
                    "messaging.connection.state",
                    "1 for the state that the connection is in",
                    Tags.of(CONNECTION, lower(connection), "state", lower(each)),
                    now -> state.apply(now) == each ? 1 : 0);
        }
    }

    private static double blockedSeconds(Optional<Instant> since) {
        return since.map(began ->
                        Math.max(0, Duration.between(began, Instant.now()).toMillis() / 1_000.0))
                .orElse(0.0);
    }

    @Override
    public void published(Published event) {
        boolean named = published.admits(event.exchange() + " " + event.event());
        publications
                .withTags(
                        "exchange",
                        named ? event.exchange() : OTHER,
                        TYPE,
                        named ? event.event() : OTHER,
                        OUTCOME,
                        event.failure().map(MicrometerMessagingListener::lower).orElse("confirmed"))
                .record(event.duration());
    }

    @Override
    public void subscribed(String queue) {
        gauge("messaging.parked", "Messages in the parking queue", Tags.of(QUEUE, queue), now -> {
            Long parked = now.parked().get(queue);
            return parked == null ? Double.NaN : parked;
        });
    }

    @Override
    public void consumed(Consumed event) {
        handlings
                .withTags(QUEUE, event.queue(), TYPE, event.event(), OUTCOME, lower(event.result()))
                .record(event.duration());
        if (event.attempt() == 1 && event.result() != Result.GIVEN_BACK) {
            event.lag().ifPresent(lag -> lags.withTag(QUEUE, event.queue()).record(lag));
        }
    }

    @Override
    public void connectionChanged(ConnectionChange event) {
        if (event.reconnected()) {
            reconnects(event.connection()).increment();
        }
    }

    private Counter reconnects(Connection connection) {
        return Counter.builder("messaging.connection.reconnects")
                .description("Connections that came back after they were lost")
                .tags(common.and(CONNECTION, lower(connection)))
                .register(registry);
    }

    @Override
    public void handlerIsSlow(SlowHandler event) {
        slowHandlers.withTags(QUEUE, event.queue(), TYPE, event.event()).increment();
    }

    @Override
    public void deprecatedVersion(DeprecatedVersion event) {
        deprecated.withTags(QUEUE, event.queue(), TYPE, event.event()).increment();
    }

    private void gauge(String name, String description, Tags tags, ToDoubleFunction<MessagingHealth> value) {
        Gauge.builder(name, () -> {
                    Supplier<MessagingHealth> from = health;
                    return from == null ? Double.NaN : value.applyAsDouble(from.get());
                })
                .description(description)
                .tags(common.and(tags))
                .register(registry);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
