package dev.dowel.messaging.micrometer;

import dev.dowel.messaging.TraceContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Carries traces with whatever handles the observations of a registry, such as Micrometer Tracing: the observation {@code
 * messaging.create} (key {@code exchange}) for each message that is encoded to be published, and {@code messaging.process}
 * (key {@code queue}) around each attempt at handling one, the child of the former. The propagation must be that of W3C.
 * Instances are safe for use by several threads.
 */
public final class ObservationTraceContext implements TraceContext {
    private final ObservationRegistry registry;

    /**
     * Makes the trace context, for {@link dev.dowel.messaging.Messaging.Builder#traceContext}.
     *
     * @param registry where the observations are made
     */
    public ObservationTraceContext(ObservationRegistry registry) {
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    @Override
    public Map<String, String> capture(String exchange) {
        Map<String, String> headers = new HashMap<>();
        Observation.createNotStarted(
                        "messaging.create",
                        () -> {
                            SenderContext<Map<String, String>> context = new SenderContext<>(
                                    (carrier, name, value) -> headers.put(name, value), Kind.PRODUCER);
                            context.setCarrier(headers);
                            return context;
                        },
                        registry)
                .contextualName("create " + exchange)
                .lowCardinalityKeyValue("exchange", exchange)
                .start()
                .stop();
        return headers;
    }

    @Override
    public Scope restore(String queue, Map<String, String> headers) {
        Observation observation = Observation.createNotStarted(
                        "messaging.process",
                        () -> {
                            ReceiverContext<Map<String, String>> context =
                                    new ReceiverContext<>(Map::get, Kind.CONSUMER);
                            context.setCarrier(headers);
                            return context;
                        },
                        registry)
                .contextualName("process " + queue)
                .lowCardinalityKeyValue("queue", queue)
                .start();
        Observation.Scope scope = observation.openScope();
        return new Scope() {
            @Override
            public void failed(Throwable failure) {
                observation.error(failure);
            }

            @Override
            public void close() {
                try {
                    scope.close();
                } finally {
                    observation.stop();
                }
            }
        };
    }
}
