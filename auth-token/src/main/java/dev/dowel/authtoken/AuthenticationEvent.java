package dev.dowel.authtoken;

import java.util.Objects;
import java.util.Optional;

/**
 * One decision of a {@link BearerTokenFilter}. Immutable; holds no token, and what the caller chose is cut to 64
 * characters and escaped, so every part may be logged.
 *
 * @param method the request method, escaped
 * @param path the request URI without query, escaped
 * @param remoteAddress the address of the connection's other end, or {@code unknown} where there is none
 * @param principal who calls, if the token was accepted
 * @param client the configured client that the token names, accepted or not; empty if it names none
 * @param secret the label of the secret that matched, accepted or not, if it has one
 * @param reason why the call was refused, if it was
 */
public record AuthenticationEvent(
        String method,
        String path,
        String remoteAddress,
        Optional<ServicePrincipal> principal,
        Optional<String> client,
        Optional<String> secret,
        Optional<RefusalReason> reason) {

    /**
     * Checks that nothing is null.
     *
     * @param method the request method, escaped
     * @param path the request URI without query, escaped
     * @param remoteAddress the address of the connection's other end, or {@code unknown} where there is none
     * @param principal who calls, if the token was accepted
     * @param client the configured client that the token names
     * @param secret the label of the secret that matched
     * @param reason why the call was refused, if it was
     */
    public AuthenticationEvent {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(remoteAddress, "remoteAddress");
        Objects.requireNonNull(principal, "principal");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(reason, "reason");
    }
}
