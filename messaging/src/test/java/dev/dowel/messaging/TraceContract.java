package dev.dowel.messaging;

import static dev.dowel.messaging.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.micrometer.ObservationTraceContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How traces travel, on the double and on a real broker alike. */
public abstract class TraceContract {
    /** A body. */
    public record Deleted(long id) {}

    private static final EventType<Deleted> DELETED = EventType.of("user.deleted", "1.0.0", Deleted.class);
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    private static final String STATE = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";

    private final String exchange = "events-" + UUID.randomUUID();
    private final String queue = "q-" + UUID.randomUUID();
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final ThreadTrace trace = new ThreadTrace();
    private Messaging messaging;

    /** Makes messaging that is not started. */
    protected abstract Messaging messaging(TraceContext context);

    /** Lets time pass for retries. */
    protected abstract void pass(Messaging messaging, Duration time);

    @AfterEach
    void stop() {
        messaging.close();
    }

    /** A trace on the thread, as tracers keep it. */
    private static final class ThreadTrace implements TraceContext {
        private final ThreadLocal<Map<String, String>> current = ThreadLocal.withInitial(Map::of);
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicInteger open = new AtomicInteger();

        @Override
        public Map<String, String> capture(String exchange) {
            return current.get();
        }

        @Override
        public Scope restore(String queue, Map<String, String> headers) {
            Map<String, String> before = current.get();
            current.set(headers);
            open.incrementAndGet();
            return new Scope() {
                @Override
                public void failed(Throwable failure) {
                    failures.add(failure.getMessage());
                }

                @Override
                public void close() {
                    current.set(before);
                    open.decrementAndGet();
                }
            };
        }

        void in(Map<String, String> headers, Runnable work) {
            Scope scope = restore("", headers);
            work.run();
            scope.close();
        }
    }

    @Test
    void the_handler_runs_in_the_trace_of_whoever_published() {
        start(trace);
        started(subscription().handler(Deleted.class, (body, delivery) -> note(delivery)));

        trace.in(Map.of("traceparent", PARENT, "tracestate", STATE), () -> publish(message(1)));
        publish(message(2));

        eventually(() -> assertThat(handled)
                .containsExactly(PARENT + " " + STATE + " in " + PARENT + " " + STATE, "null null in null null"));
        eventually(() -> assertThat(trace.open).hasValue(0));
    }

    @Test
    void a_trace_set_on_the_message_wins_whatever_its_letters() {
        start(trace);
        started(subscription().handler(Deleted.class, (body, delivery) -> note(delivery)));

        trace.in(Map.of("traceparent", PARENT, "tracestate", STATE), () -> {
            publish(message(1).header("traceparent", OTHER_PARENT));
            publish(message(2).header("Traceparent", OTHER_PARENT));
        });

        eventually(() -> assertThat(handled)
                .containsExactly(OTHER_PARENT + " null in " + OTHER_PARENT + " null", "null null in null null"));
    }

    @Test
    void retries_the_parking_lot_and_replay_keep_the_trace() {
        start(trace);
        started(subscription().retry(Duration.ofMillis(50)).handler(Deleted.class, (body, delivery) -> {
            note(delivery);
            if (handled.size() < 3) {
                throw new IllegalStateException("on purpose");
            }
        }));

        trace.in(Map.of("traceparent", PARENT, "tracestate", STATE), () -> publish(message(1)));
        pass(messaging, Duration.ofMillis(50));
        eventually(() -> assertThat(messaging.parkingLot(queue).count()).isEqualTo(1));
        assertThat(messaging.parkingLot(queue).peek(1).get(0).headers())
                .containsEntry("traceparent", PARENT)
                .containsEntry("tracestate", STATE);
        trace.in(
                Map.of("traceparent", OTHER_PARENT),
                () -> messaging.parkingLot(queue).replayAll());

        String same = PARENT + " " + STATE + " in " + PARENT + " " + STATE;
        eventually(() -> assertThat(handled).containsExactly(same, same, same));
        assertThat(trace.failures).containsExactly("on purpose", "on purpose");
    }

    @Test
    void what_is_malformed_is_dropped_on_both_ways_and_the_message_is_handled() {
        start(trace);
        started(subscription().handler(Deleted.class, (body, delivery) -> handled.add(current())));

        trace.in(Map.of("traceparent", "nonsense", "b3", "1"), () -> publish(message(1)));
        publish(message(2).header("traceparent", PARENT.replace("00-", "ff-")));
        publish(message(3).header("traceparent", PARENT).header("tracestate", "no member"));

        eventually(() -> assertThat(handled).containsExactly("null null", "null null", PARENT + " null"));
    }

    @Test
    void what_was_encoded_within_a_trace_keeps_it_until_it_is_published() {
        start(trace);
        started(subscription().handler(Deleted.class, (body, delivery) -> note(delivery)));
        List<EncodedMessage> stored = new ArrayList<>();

        trace.in(
                Map.of("traceparent", PARENT),
                () -> stored.add(messaging.publisher(exchange).encode(message(1))));
        EncodedMessage untraced = messaging.publisher(exchange).encode(message(2));
        trace.in(Map.of("traceparent", OTHER_PARENT), () -> {
            messaging
                    .publisher(exchange)
                    .publish(stored.get(0))
                    .toCompletableFuture()
                    .join();
            messaging
                    .publisher(exchange)
                    .publish(untraced)
                    .toCompletableFuture()
                    .join();
        });

        eventually(() ->
                assertThat(handled).containsExactly(PARENT + " null in " + PARENT + " null", "null null in null null"));
    }

    @Test
    void a_trace_context_that_throws_breaks_nothing() {
        start(new TraceContext() {
            @Override
            public Map<String, String> capture(String exchange) {
                throw new IllegalStateException("expected by the test");
            }

            @Override
            public Scope restore(String queue, Map<String, String> headers) {
                if (headers.isEmpty()) {
                    throw new IllegalStateException("expected by the test");
                }
                return () -> {
                    throw new IllegalStateException("expected by the test");
                };
            }
        });
        started(subscription().handler(Deleted.class, (body, delivery) -> handled.add(Long.toString(body.id()))));

        publish(message(1));
        publish(message(2).header("traceparent", PARENT));

        eventually(() -> assertThat(handled).containsExactly("1", "2"));
        assertThat(messaging.parkingLot(queue).count()).isZero();
    }

    @Test
    void observations_carry_the_trace_and_see_failures() {
        List<String> seen = new CopyOnWriteArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new Propagation(seen));
        start(new ObservationTraceContext(registry));
        started(subscription().retry().handler(Deleted.class, (body, delivery) -> {
            Observation current = registry.getCurrentObservation();
            handled.add(current == null ? "none" : current.getContextView().getName());
            throw new IllegalStateException("on purpose");
        }));

        publish(message(1));

        eventually(() -> assertThat(seen)
                .containsExactly(
                        "create " + exchange + " [exchange=" + exchange + "]",
                        "process " + queue + " [queue=" + queue + "] of " + PARENT + " failed on purpose"));
        assertThat(handled).containsExactly("messaging.process");
        assertThat(registry.getCurrentObservation()).isNull();
    }

    /** What a tracer does with observations of messages. */
    private static final class Propagation implements ObservationHandler<Observation.Context> {
        private final List<String> seen;

        Propagation(List<String> seen) {
            this.seen = seen;
        }

        @Override
        public void onStart(Observation.Context context) {
            if (context instanceof SenderContext<?> sender) {
                inject(sender);
            }
        }

        private static <C> void inject(SenderContext<C> sender) {
            sender.getSetter().set(sender.getCarrier(), "traceparent", PARENT);
        }

        @Override
        public void onStop(Observation.Context context) {
            StringBuilder what = new StringBuilder(context.getContextualName() + " [")
                    .append(context.getLowCardinalityKeyValues().stream()
                            .map(each -> each.getKey() + "=" + each.getValue())
                            .reduce("", String::concat))
                    .append(']');
            if (context instanceof ReceiverContext<?> receiver) {
                what.append(" of ").append(extract(receiver));
            }
            if (context.getError() != null) {
                what.append(" failed ").append(context.getError().getMessage());
            }
            seen.add(what.toString());
        }

        private static <C> String extract(ReceiverContext<C> receiver) {
            return receiver.getGetter().get(receiver.getCarrier(), "traceparent");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private void start(TraceContext context) {
        messaging = messaging(context);
        messaging.start();
        assertThat(messaging.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }

    private void note(Delivery delivery) {
        handled.add(of(delivery.headers()) + " in " + current());
    }

    private String current() {
        return of(trace.current.get());
    }

    private static String of(Map<String, String> headers) {
        Map<String, String> nullable = new HashMap<>(headers);
        return nullable.get("traceparent") + " " + nullable.get("tracestate");
    }

    private static Message<Deleted> message(long id) {
        return Message.of(DELETED, new Deleted(id));
    }

    private void publish(Message<Deleted> message) {
        messaging.publisher(exchange).publishAndWait(message);
    }

    private SubscriptionBuilder subscription() {
        return messaging.subscribe(queue).bind(exchange, "user.deleted", VersionRange.parse("^1.0.0"));
    }

    private static void started(Subscription subscription) {
        await().atMost(Duration.ofSeconds(30)).until(subscription::active);
    }
}
