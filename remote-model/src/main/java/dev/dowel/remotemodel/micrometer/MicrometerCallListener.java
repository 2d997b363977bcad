package dev.dowel.remotemodel.micrometer;

import dev.dowel.remotemodel.CallListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;

/**
 * Makes meters of calls. Their number is set by services, entities and operations; no tag depends on an id or a query.
 *
 * <ul>
 *   <li>{@code dowel.remote.calls}: a timer of calls with all their attempts; tags {@code service}, {@code entity}, {@code
 *       operation}, {@code outcome}
 *   <li>{@code dowel.remote.retries}: a counter of attempts after the first; tags {@code service}, {@code entity}, {@code
 *       operation}
 *   <li>{@code dowel.remote.cache}: a counter of look-ups in what a request has read; tags {@code service}, {@code
 *       entity}, {@code result}: {@code hit}, {@code miss}, {@code coalesced}
 *   <li>{@code dowel.remote.deprecations}: a counter of answers that announce their end; tags {@code service}, {@code
 *       entity}, {@code operation}
 * </ul>
 *
 * <p>The values of {@code operation} and {@code outcome} are those of {@link dev.dowel.remotemodel.Operation} and {@link
 * CallListener.Outcome} in lower case. Instances are safe for use by several threads; one may listen to several services.
 */
public final class MicrometerCallListener implements CallListener {

    private static final String SERVICE = "service";
    private static final String ENTITY = "entity";
    private static final String OPERATION = "operation";

    private final MeterProvider<Timer> calls;
    private final MeterProvider<Counter> retries;
    private final MeterProvider<Counter> cache;
    private final MeterProvider<Counter> deprecations;

    /**
     * Makes the listener, for {@link dev.dowel.remotemodel.RemoteService.Builder#listener}.
     *
     * @param registry where the meters are registered, each when it is first needed
     */
    public MicrometerCallListener(MeterRegistry registry) {
        this.calls = Timer.builder("dowel.remote.calls")
                .description("Calls to other services, with all attempts and the pauses between them")
                .withRegistry(registry);
        this.retries = Counter.builder("dowel.remote.retries")
                .description("Attempts at calls to other services after the first")
                .withRegistry(registry);
        this.cache = Counter.builder("dowel.remote.cache")
                .description("Look-ups in what the inbound request has read before")
                .withRegistry(registry);
        this.deprecations = Counter.builder("dowel.remote.deprecations")
                .description("Answers that announce their deprecation or sunset")
                .withRegistry(registry);
    }

    @Override
    public void callEnded(Call call) {
        Tags tags = tags(call.service(), call.entity()).and(OPERATION, lower(call.operation()));
        calls.withTags(tags.and("outcome", lower(call.outcome()))).record(call.duration());
        if (call.attempts() > 1) {
            retries.withTags(tags).increment(call.attempts() - 1);
        }
    }

    @Override
    public void cacheRead(CacheRead read) {
        cache.withTags(tags(read.service(), read.entity()).and("result", lower(read.result())))
                .increment();
    }

    @Override
    public void deprecationNoticed(Deprecation deprecation) {
        deprecations
                .withTags(tags(deprecation.service(), deprecation.entity())
                        .and(OPERATION, lower(deprecation.operation())))
                .increment();
    }

    private static Tags tags(String service, String entity) {
        return Tags.of(SERVICE, service, ENTITY, entity);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
