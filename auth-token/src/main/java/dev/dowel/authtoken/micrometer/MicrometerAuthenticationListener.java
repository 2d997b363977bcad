package dev.dowel.authtoken.micrometer;

import dev.dowel.authtoken.AuthenticationEvent;
import dev.dowel.authtoken.AuthenticationListener;
import dev.dowel.authtoken.RefusalReason;
import dev.dowel.authtoken.ReloadResult;
import dev.dowel.authtoken.SecretStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes meters of authentication, for {@link dev.dowel.authtoken.BearerTokenFilter.Builder#listener} and {@link
 * dev.dowel.authtoken.ClientTokenVerifier}. No tag holds what an unknown caller chose.
 *
 * <ul>
 *   <li>{@code dowel.auth.accepted}: a counter of accepted calls; tags {@code client} and {@code secret}, the label of the
 *       secret or {@code none}
 *   <li>{@code dowel.auth.secret.last.used}: a gauge in seconds since 1970, with the same tags: the old secret of a rotation
 *       can go when it stands still
 *   <li>{@code dowel.auth.refused}: a counter of refused calls; tag {@code reason}
 *   <li>{@code dowel.auth.reloads}: a counter of changes and failures of a watched file; tag {@code status}
 *   <li>{@code dowel.auth.reload.failed}: a gauge, 1 while the watched file is wrong and the last good set counts, else 0
 *   <li>{@code dowel.auth.weak.secrets}: a counter of secrets found too short; tag {@code client}
 * </ul>
 *
 * <p>After 1,000 different clients and secrets, further ones have {@code other} in both tags. Instances are safe for use by
 * several threads.
 */
public final class MicrometerAuthenticationListener implements AuthenticationListener {

    private static final int MOST = 1_000;
    private static final String CLIENT = "client";

    private final MeterRegistry registry;
    private final Clock clock;
    private final MeterProvider<Counter> refused;
    private final MeterProvider<Counter> reloads;
    private final MeterProvider<Counter> weak;
    private final AtomicInteger reloadFailed = new AtomicInteger();
    private final Map<Credential, Uses> uses = new ConcurrentHashMap<>();

    private record Credential(String client, String secret) {
        static final Credential OTHER = new Credential("other", "other");
    }

    private record Uses(Counter accepted, AtomicLong lastSecond) {}

    /**
     * Makes the listener.
     *
     * @param registry where the meters are registered, each when it is first needed
     */
    public MicrometerAuthenticationListener(MeterRegistry registry) {
        this(registry, Clock.systemUTC());
    }

    MicrometerAuthenticationListener(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.refused = Counter.builder("dowel.auth.refused")
                .description("Calls that were refused")
                .withRegistry(registry);
        this.reloads = Counter.builder("dowel.auth.reloads")
                .description("Changes and failures of the watched file")
                .withRegistry(registry);
        this.weak = Counter.builder("dowel.auth.weak.secrets")
                .description("Secrets that are too short to be random")
                .withRegistry(registry);
        Gauge.builder("dowel.auth.reload.failed", reloadFailed, AtomicInteger::get)
                .description("1 while the watched file is wrong and the last good set counts")
                .register(registry);
    }

    @Override
    public void onSuccess(AuthenticationEvent event) {
        Credential credential =
                new Credential(event.client().orElse("none"), event.secret().orElse("none"));
        Uses known = uses.get(credential);
        if (known == null) {
            Credential counted = uses.size() < MOST ? credential : Credential.OTHER;
            known = uses.computeIfAbsent(counted, this::registered);
        }
        known.accepted().increment();
        known.lastSecond().set(clock.instant().getEpochSecond());
    }

    @Override
    public void onFailure(AuthenticationEvent event) {
        RefusalReason reason = event.reason().orElse(RefusalReason.OTHER);
        refused.withTags(Tags.of("reason", lower(reason))).increment();
    }

    @Override
    public void onReload(ReloadResult result) {
        reloads.withTags(Tags.of("status", lower(result.status()))).increment();
        reloadFailed.set(result.status() == ReloadResult.Status.FAILED ? 1 : 0);
    }

    @Override
    public void onWeakSecret(SecretStatus secret) {
        weak.withTags(Tags.of(CLIENT, secret.client())).increment();
    }

    private Uses registered(Credential credential) {
        Tags tags = Tags.of(CLIENT, credential.client(), "secret", credential.secret());
        AtomicLong lastSecond = new AtomicLong();
        Gauge.builder("dowel.auth.secret.last.used", lastSecond, AtomicLong::get)
                .description("When the secret was last accepted")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        Counter accepted = Counter.builder("dowel.auth.accepted")
                .description("Calls that were accepted")
                .tags(tags)
                .register(registry);
        return new Uses(accepted, lastSecond);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
