package dev.dowel.authtoken;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of one configured secret, so that an operator sees when the old one of a rotation is idle. Immutable; holds
 * neither secret nor digest.
 *
 * @param client whose secret it is
 * @param label its name, if it has one
 * @param notBefore from when it is good, inclusive, if that is limited
 * @param expires until when it is good, exclusive, if that is limited
 * @param disabled whether it is switched off
 * @param lastUsed when it was last accepted by this process, to the second; empty if it never was
 */
public record SecretStatus(
        String client,
        Optional<String> label,
        Optional<Instant> notBefore,
        Optional<Instant> expires,
        boolean disabled,
        Optional<Instant> lastUsed) {

    /**
     * Checks that nothing is null.
     *
     * @param client whose secret it is
     * @param label its name
     * @param notBefore from when it is good
     * @param expires until when it is good
     * @param disabled whether it is switched off
     * @param lastUsed when it was last accepted
     */
    public SecretStatus {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(expires, "expires");
        Objects.requireNonNull(lastUsed, "lastUsed");
    }
}
