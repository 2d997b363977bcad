package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who calls, once per request, and keeps that with the request for its further dispatches. */
final class Authenticator {

    private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final TokenVerifier verifier;
    private final int maxTokenLength;
    private final @Nullable FailureWatch failures;
    private final AuditTrail audit;
    private final ThrottledLog verifierLog = new ThrottledLog(LOG, "The token verifier", System::nanoTime);
    private final String attribute = BearerTokenFilter.class.getName() + "." + UUID.randomUUID();

    /** Kept with the request. Only an instance made by this very authenticator counts, whatever others put there. */
    private record Marker(Authenticator owner, Outcome outcome) {
        @Override
        public String toString() {
            return "BearerTokenFilter.Marker";
        }
    }

    Authenticator(TokenVerifier verifier, int maxTokenLength, @Nullable FailureWatch failures, AuditTrail audit) {
        this.verifier = verifier;
        this.maxTokenLength = maxTokenLength;
        this.failures = failures;
        this.audit = audit;
    }

    /** Returns what an earlier dispatch found out, or null if none has looked. */
    @Nullable
    Outcome known(HttpServletRequest request) {
        return request.getAttribute(attribute) instanceof Marker marker && marker.owner() == this
                ? marker.outcome()
                : null;
    }

    Outcome outcome(HttpServletRequest request) {
        Outcome known = known(request);
        if (known != null) {
            return known;
        }
        Outcome outcome = authenticate(request);
        request.setAttribute(attribute, new Marker(this, outcome));
        if (outcome instanceof Outcome.Authenticated authenticated) {
            audit.accepted(request, authenticated.principal());
        }
        return outcome;
    }

    private Outcome authenticate(HttpServletRequest request) {
        var header = AuthorizationHeader.parse(request.getHeaders("Authorization"), maxTokenLength);
        if (header instanceof AuthorizationHeader.Unusable unusable && unusable.reason() == RefusalReason.MISSING) {
            return new Outcome.Refused(RefusalReason.MISSING);
        }
        if (failures == null) {
            return outcome(header);
        }
        String address = failures.address(request);
        Duration wait = failures.waitFor(address);
        if (wait.compareTo(Duration.ZERO) > 0) {
            return new Outcome.Refused(RefusalReason.TOO_MANY_FAILURES, wait);
        }
        Outcome outcome = outcome(header);
        if (outcome instanceof Outcome.Refused refused && refused.reason() != RefusalReason.UNAVAILABLE) {
            failures.failed(address, refused.rejected().client());
        }
        return outcome;
    }

    private Outcome outcome(AuthorizationHeader header) {
        if (header instanceof AuthorizationHeader.Unusable unusable) {
            return new Outcome.Refused(unusable.reason());
        }
        Verification verification = verify(((AuthorizationHeader.Token) header).token());
        if (verification instanceof Verification.Accepted accepted) {
            return new Outcome.Authenticated(accepted.principal());
        }
        if (verification instanceof Verification.Unavailable unavailable) {
            return new Outcome.Refused(RefusalReason.UNAVAILABLE, unavailable.retryAfter());
        }
        return new Outcome.Refused(refusal((Verification.Rejected) verification), Duration.ZERO);
    }

    /** A rejected token is a 401 like any other, even if a verifier names a reason that has another answer. */
    private static Verification.Rejected refusal(Verification.Rejected rejected) {
        return switch (rejected.reason()) {
            case MISSING, OTHER_SCHEME, SEVERAL_CREDENTIALS, INSUFFICIENT_SCOPE, TOO_MANY_FAILURES, UNAVAILABLE ->
                new Verification.Rejected(RefusalReason.OTHER, rejected.client(), rejected.secret());
            default -> rejected;
        };
    }

    private Verification verify(BearerToken token) {
        try {
            return Objects.requireNonNull(verifier.verify(token), "verification");
        } catch (RuntimeException e) {
            verifierLog.failed(e);
            return new Verification.Unavailable(AFTER_FAILURE);
        }
    }
}
