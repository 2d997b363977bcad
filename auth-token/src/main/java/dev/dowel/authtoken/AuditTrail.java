package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener of decisions, and the log of refusals. */
final class AuditTrail {

    private static final Logger LOG = LoggerFactory.getLogger(BearerTokenFilter.class);

    private final @Nullable AuthenticationListener listener;
    private final RefusalLog refusals = new RefusalLog(LOG, System::nanoTime);
    private final ThrottledLog listenerLog = new ThrottledLog(LOG, "The authentication listener", System::nanoTime);

    AuditTrail(@Nullable AuthenticationListener listener) {
        this.listener = listener;
    }

    void accepted(HttpServletRequest request, ServicePrincipal principal) {
        if (listener != null) {
            tell(listener::onSuccess, event(request, Optional.of(principal), null));
        }
    }

    /** The principal is given where a token was accepted and its scopes do not suffice. */
    void refused(HttpServletRequest request, Verification.Rejected rejected, Optional<ServicePrincipal> principal) {
        refusals.refused(rejected.reason());
        if (listener != null) {
            tell(listener::onFailure, event(request, principal, rejected));
        }
    }

    private static AuthenticationEvent event(
            HttpServletRequest request,
            Optional<ServicePrincipal> principal,
            Verification.@Nullable Rejected rejected) {
        Optional<String> none = Optional.empty();
        Optional<String> client = principal.map(ServicePrincipal::name);
        Optional<String> secret = principal.map(who -> who.attributes().get("secret"));
        return new AuthenticationEvent(
                LoggableText.of(request.getMethod()),
                LoggableText.of(request.getRequestURI()),
                LoggableText.of(RemoteAddress.of(request)),
                principal,
                client.or(() -> rejected == null ? none : rejected.client()),
                secret.or(() -> rejected == null ? none : rejected.secret()),
                Optional.ofNullable(rejected).map(Verification.Rejected::reason));
    }

    private void tell(Consumer<AuthenticationEvent> told, AuthenticationEvent event) {
        try {
            told.accept(event);
        } catch (RuntimeException e) {
            listenerLog.failed(e);
        }
    }
}
