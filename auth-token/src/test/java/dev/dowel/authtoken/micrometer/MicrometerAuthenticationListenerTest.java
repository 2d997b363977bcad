package dev.dowel.authtoken.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.authtoken.AuthenticationEvent;
import dev.dowel.authtoken.RefusalReason;
import dev.dowel.authtoken.ReloadResult;
import dev.dowel.authtoken.SecretStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MicrometerAuthenticationListenerTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerAuthenticationListener listener =
            new MicrometerAuthenticationListener(registry, Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC));

    @Test
    void counts_accepted_calls_by_client_and_secret_and_shows_when_each_was_last_used() {
        listener.onSuccess(event("billing", "old", null));
        listener.onSuccess(event("billing", "new", null));
        listener.onSuccess(event("billing", "new", null));
        listener.onSuccess(event("likes", null, null));
        assertThat(accepted("billing", "old")).isEqualTo(1);
        assertThat(accepted("billing", "new")).isEqualTo(2);
        assertThat(accepted("likes", "none")).isEqualTo(1);
        assertThat(registry.get("dowel.auth.secret.last.used")
                        .tags("client", "billing", "secret", "old")
                        .gauge()
                        .value())
                .isEqualTo(1_000);
    }

    @Test
    void counts_refusals_by_reason_only() {
        listener.onFailure(event("billing", "old", RefusalReason.EXPIRED));
        listener.onFailure(event(null, null, RefusalReason.UNKNOWN_CLIENT));
        assertThat(registry.get("dowel.auth.refused")
                        .tags("reason", "expired")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("dowel.auth.refused").counters())
                .allSatisfy(counter -> assertThat(counter.getId().getTags()).hasSize(1));
    }

    @Test
    void shows_whether_the_last_reload_failed_and_counts_weak_secrets() {
        assertThat(registry.get("dowel.auth.reload.failed").gauge().value()).isZero();
        listener.onReload(new ReloadResult(ReloadResult.Status.FAILED, Optional.of("line 1: wrong")));
        assertThat(registry.get("dowel.auth.reload.failed").gauge().value()).isEqualTo(1);
        listener.onReload(new ReloadResult(ReloadResult.Status.CHANGED, Optional.empty()));
        assertThat(registry.get("dowel.auth.reload.failed").gauge().value()).isZero();
        assertThat(registry.get("dowel.auth.reloads")
                        .tags("status", "failed")
                        .counter()
                        .count())
                .isEqualTo(1);
        listener.onWeakSecret(new SecretStatus(
                "billing", Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty()));
        assertThat(registry.get("dowel.auth.weak.secrets")
                        .tags("client", "billing")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void the_number_of_meters_is_bounded_whoever_calls() {
        for (int i = 0; i < 3_000; i++) {
            listener.onSuccess(event("client" + i, "secret", null));
        }
        assertThat(registry.find("dowel.auth.accepted").counters()).hasSize(1_001);
        assertThat(accepted("other", "other")).isEqualTo(2_000);
        listener.onSuccess(event("client0", "secret", null));
        assertThat(accepted("client0", "secret")).isEqualTo(2);
    }

    private double accepted(String client, String secret) {
        return registry.get("dowel.auth.accepted")
                .tags("client", client, "secret", secret)
                .counter()
                .count();
    }

    private static AuthenticationEvent event(String client, String secret, RefusalReason reason) {
        return new AuthenticationEvent(
                "GET",
                "/",
                "::1",
                Optional.empty(),
                Optional.ofNullable(client),
                Optional.ofNullable(secret),
                Optional.ofNullable(reason));
    }
}
