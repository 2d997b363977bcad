package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A failure limiter and the address it is asked by; neither can break a call. */
final class FailureWatch {

    private static final Logger LOG = LoggerFactory.getLogger(FailureWatch.class);

    private final FailureLimiter limiter;
    private final Function<HttpServletRequest, String> address;
    private final ThrottledLog limiterLog = new ThrottledLog(LOG, "The failure limiter", System::nanoTime);
    private final ThrottledLog addressLog =
            new ThrottledLog(LOG, "The address function of the failure limiter", System::nanoTime);

    FailureWatch(FailureLimiter limiter, Function<HttpServletRequest, String> address) {
        this.limiter = limiter;
        this.address = address;
    }

    /** Returns the connection's address where the function has none, so that nobody gets around the limiter by that. */
    String address(HttpServletRequest request) {
        try {
            @Nullable String found = address.apply(request);
            if (found != null) {
                return found;
            }
        } catch (RuntimeException e) {
            addressLog.failed(e);
        }
        return RemoteAddress.of(request);
    }

    Duration waitFor(String clientAddress) {
        try {
            return Objects.requireNonNull(limiter.waitFor(clientAddress), "wait");
        } catch (RuntimeException e) {
            limiterLog.failed(e);
            return Duration.ZERO;
        }
    }

    void failed(String clientAddress, Optional<String> client) {
        try {
            limiter.failed(clientAddress, client);
        } catch (RuntimeException e) {
            limiterLog.failed(e);
        }
    }
}
