package dev.dowel.authtoken;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/**
 * A fresh secret of a client, with the two texts made from it. Immutable; {@link #toString()} does not show the secret.
 *
 * @param clientId whose secret it is
 * @param secret the secret in clear; nothing else can bring it back
 */
public record GeneratedToken(String clientId, String secret) {

    /**
     * Checks the parts.
     *
     * @param clientId whose secret it is
     * @param secret the secret in clear
     * @throws IllegalArgumentException if the client id is not {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}} or the secret empty
     */
    public GeneratedToken {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(secret, "secret");
        if (!ClientId.isValid(clientId)) {
            throw new IllegalArgumentException("clientId must be [A-Za-z0-9][A-Za-z0-9._-]{0,63}");
        }
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("secret must not be empty");
        }
    }

    /**
     * Returns what the client sends after {@code Bearer}.
     *
     * @return {@code base64(client:secret)}, standard alphabet, padded
     */
    public String token() {
        return Base64.getEncoder().encodeToString((clientId + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the line for the service that is called, see {@link ClientRegistry#parse}. It holds the digest only; add
     * label, times and scopes to it.
     *
     * @return client id and digest
     */
    public String configurationLine() {
        byte[] digest = new Sha256().hash(secret.getBytes(StandardCharsets.UTF_8), 0);
        return clientId + " {sha256}" + Base64.getUrlEncoder().encodeToString(digest);
    }

    /**
     * Returns the client id.
     *
     * @return a text without the secret
     */
    @Override
    public String toString() {
        return "GeneratedToken[clientId=" + clientId + ", secret=redacted]";
    }
}
