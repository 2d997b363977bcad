package dev.dowel.remotemodel;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * When a call is made again. What was never sent may always be; what may have been carried out only when doing it twice is
 * the same as once (for POST and PATCH: with an Idempotency-Key). A Retry-After is waited for fully or not at all.
 */
final class RetryRules {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final RetryPolicy policy;
    private final Timing timing;

    RetryRules(RetryPolicy policy, Timing timing) {
        this.policy = policy;
        this.timing = timing;
    }

    /** The pause before the next attempt after one that got no answer; empty when there is to be none. */
    Optional<Duration> afterFailure(boolean repeatable, int attempt, boolean sent, Duration left) {
        return !sent || repeatable ? jitter(attempt, left) : Optional.empty();
    }

    /** The pause before the next attempt after an answer; empty when the answer stands. */
    Optional<Duration> afterAnswer(boolean repeatable, int attempt, Answer answer, Duration left) {
        int status = answer.status();
        boolean transientStatus = status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
        if (!repeatable || !transientStatus || attempt >= policy.attempts()) {
            return Optional.empty();
        }
        Optional<Duration> retryAfter = retryAfter(answer);
        if (retryAfter.isPresent()) {
            return retryAfter.filter(wait -> wait.compareTo(policy.maxRetryAfter()) <= 0 && wait.compareTo(left) < 0);
        }
        return status == 429 ? Optional.empty() : jitter(attempt, left);
    }

    /** The Retry-After of an answer as seconds or a date (RFC 9110, 10.2.3); empty when missing or unreadable. */
    Optional<Duration> retryAfter(Answer answer) {
        String value = answer.retryAfter().strip();
        if (value.matches("[0-9]+")) {
            // Beyond nine digits only the size matters: it is more than anybody waits.
            return Optional.of(Duration.ofSeconds(value.length() > 9 ? 999_999_999 : Long.parseLong(value)));
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(timing.now().get(), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<Duration> jitter(int attempt, Duration left) {
        if (attempt >= policy.attempts()) {
            return Optional.empty();
        }
        long ceiling = Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(attempt, 10));
        Duration pause = Duration.ofNanos((long) (ceiling * timing.random().getAsDouble()));
        return pause.compareTo(left) < 0 ? Optional.of(pause) : Optional.empty();
    }
}
