package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells, once each, what looks like a mistake in how the filter is set up. */
final class SetupWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitFilter.class);

    private final AtomicBoolean first = new AtomicBoolean();
    private final AtomicBoolean forwarding = new AtomicBoolean();
    private final AtomicBoolean address = new AtomicBoolean();

    void order(HttpServletRequest request, RateLimitRules rules) {
        if (first.get() || !first.compareAndSet(false, true)) {
            return;
        }
        boolean authenticated = request.getUserPrincipal() != null || request.getAuthType() != null;
        if (authenticated && !rules.needAuthentication()) {
            LOG.warn("Authentication runs before the rate limit, so guessing credentials is not limited:"
                    + " place the rate limit after CORS and before authentication");
        }
    }

    void forwardingHeader(HttpServletRequest request) {
        if (!forwarding.get() && has(request) && forwarding.compareAndSet(false, true)) {
            LOG.warn("A request came with forwarding headers; they are not trusted, the peer's address is counted."
                    + " Behind a proxy all its clients share one limit: name the proxies in TRUSTED_PROXIES or"
                    + " clientAddress(ClientAddressResolver.forwarded(...))");
        }
    }

    private static boolean has(HttpServletRequest request) {
        return request.getHeader(ClientAddressResolver.Header.X_FORWARDED_FOR.field()) != null
                || request.getHeader(ClientAddressResolver.Header.FORWARDED.field()) != null;
    }

    void noAddress() {
        if (!address.get() && address.compareAndSet(false, true)) {
            LOG.warn("A request came without a usable remote address; all such requests share one limit");
        }
    }
}
