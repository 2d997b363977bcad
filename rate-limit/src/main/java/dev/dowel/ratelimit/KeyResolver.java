package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses whom a rule counts a request for. Called on the request's thread, possibly by several at once. */
@FunctionalInterface
public interface KeyResolver {
    /**
     * Chooses the key.
     *
     * @param request the request
     * @param address the client's address
     * @return the key; the address where the request has nothing better. Never null
     */
    RateLimitKey resolve(HttpServletRequest request, ClientAddress address);

    /**
     * Tells whether the filter must come behind authentication.
     *
     * @return whether the key depends on who the user is; false by default
     */
    default boolean needsAuthentication() {
        return false;
    }

    /**
     * Counts by address; the default.
     *
     * @return a resolver that gives the address
     */
    static KeyResolver address() {
        return (request, address) -> address;
    }

    /**
     * Counts by the name of the user; a request without one is counted by its address. The filter must come behind
     * authentication then, so keep another before it that counts by address.
     *
     * @return a resolver that gives a hash of the principal's name
     */
    static KeyResolver principal() {
        return new KeyResolver() {
            @Override
            public RateLimitKey resolve(HttpServletRequest request, ClientAddress address) {
                @Nullable Principal principal = request.getUserPrincipal();
                return principal == null ? address : HashedKey.of("principal", principal.getName());
            }

            @Override
            public boolean needsAuthentication() {
                return true;
            }
        };
    }

    /**
     * Counts by a header such as {@code X-Api-Key}; a request without it is counted by its address. A client that invents
     * values gets a new limit with each, so keep a rule by address beside it.
     *
     * @param name the header's name
     * @return a resolver that gives a hash of the header's first value
     */
    static KeyResolver header(String name) {
        Objects.requireNonNull(name, "name");
        return (request, address) -> {
            @Nullable String value = request.getHeader(name);
            return value == null ? address : HashedKey.of("header", value);
        };
    }

    /**
     * Counts by both: two requests have the same key only if they have both keys in common.
     *
     * @param other the other resolver
     * @return a resolver that gives a hash of both keys
     */
    default KeyResolver and(KeyResolver other) {
        Objects.requireNonNull(other, "other");
        KeyResolver one = this;
        return new KeyResolver() {
            @Override
            public RateLimitKey resolve(HttpServletRequest request, ClientAddress address) {
                return HashedKey.of(
                        "and",
                        one.resolve(request, address).text() + " "
                                + other.resolve(request, address).text());
            }

            @Override
            public boolean needsAuthentication() {
                return one.needsAuthentication() || other.needsAuthentication();
            }
        };
    }
}
