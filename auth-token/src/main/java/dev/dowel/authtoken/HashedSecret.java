package dev.dowel.authtoken;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** One stored secret of a client: its digest, when it is good, and what to answer then. */
final class HashedSecret {

    private static final SecureRandom RANDOM = new SecureRandom();

    final byte[] digest;
    private final Instant notBefore;
    private final Instant expiresAt;
    private final boolean disabled;
    private final Verification.Accepted accepted;

    HashedSecret(
            byte[] digest, Instant notBefore, Instant expiresAt, boolean disabled, Verification.Accepted accepted) {
        this.digest = digest;
        this.notBefore = notBefore;
        this.expiresAt = expiresAt;
        this.disabled = disabled;
        this.accepted = accepted;
    }

    /** Returns a secret that nobody has and that is switched off. */
    static HashedSecret dummy() {
        byte[] digest = new byte[Sha256.LENGTH];
        RANDOM.nextBytes(digest);
        ServicePrincipal nobody = new ServicePrincipal("nobody", Set.of(), Map.of());
        return new HashedSecret(digest, Instant.MIN, Instant.MAX, true, new Verification.Accepted(nobody));
    }

    Verification at(Instant now) {
        if (disabled) {
            return new Verification.Rejected(RefusalReason.DISABLED);
        }
        if (now.isBefore(notBefore)) {
            return new Verification.Rejected(RefusalReason.NOT_YET_VALID);
        }
        return now.isBefore(expiresAt) ? accepted : new Verification.Rejected(RefusalReason.EXPIRED);
    }
}
