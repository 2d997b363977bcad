package dev.dowel.authtoken;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One stored secret of a client: its digest, when it is good, and what to answer then. */
final class HashedSecret {

    private static final SecureRandom RANDOM = new SecureRandom();

    final byte[] digest;
    private final Instant notBefore;
    private final Instant expiresAt;
    private final boolean disabled;
    private final Verification.Accepted accepted;
    private final Verification.Rejected unmatched;
    private final Optional<String> label;
    private final LastUse lastUse;

    HashedSecret(
            byte[] digest, Instant notBefore, Instant expiresAt, boolean disabled, Verification.Accepted accepted) {
        this(digest, notBefore, expiresAt, disabled, accepted, wrongSecretOf(accepted.principal()), new LastUse());
    }

    private HashedSecret(
            byte[] digest,
            Instant notBefore,
            Instant expiresAt,
            boolean disabled,
            Verification.Accepted accepted,
            Verification.Rejected unmatched,
            LastUse lastUse) {
        this.digest = digest;
        this.notBefore = notBefore;
        this.expiresAt = expiresAt;
        this.disabled = disabled;
        this.accepted = accepted;
        this.unmatched = unmatched;
        this.label = Optional.ofNullable(accepted.principal().attributes().get("secret"));
        this.lastUse = lastUse;
    }

    /** Returns a secret that nobody has and that is switched off. */
    static HashedSecret dummy() {
        byte[] digest = new byte[Sha256.LENGTH];
        RANDOM.nextBytes(digest);
        ServicePrincipal nobody = new ServicePrincipal("nobody", Set.of(), Map.of());
        return new HashedSecret(
                digest,
                Instant.MIN,
                Instant.MAX,
                true,
                new Verification.Accepted(nobody),
                new Verification.Rejected(RefusalReason.UNKNOWN_CLIENT),
                new LastUse());
    }

    /** Returns this secret with the memory of the same one before a reload, or with none. */
    HashedSecret remembering(@Nullable HashedSecret before) {
        LastUse use = before == null ? new LastUse() : before.lastUse;
        return new HashedSecret(digest, notBefore, expiresAt, disabled, accepted, unmatched, use);
    }

    boolean isSameAs(HashedSecret other) {
        return MessageDigest.isEqual(digest, other.digest);
    }

    /** Returns what whoever sent the client's name with another secret gets; made beforehand, to cost no more than a good one. */
    Verification unmatched() {
        return unmatched;
    }

    Verification at(Instant now) {
        if (disabled) {
            return rejected(RefusalReason.DISABLED);
        }
        if (now.isBefore(notBefore)) {
            return rejected(RefusalReason.NOT_YET_VALID);
        }
        return now.isBefore(expiresAt) ? accepted : rejected(RefusalReason.EXPIRED);
    }

    /** Returns whether this was its first use. */
    boolean usedAt(Instant now) {
        return lastUse.at(now);
    }

    SecretStatus status() {
        return new SecretStatus(
                accepted.principal().name(),
                label,
                Optional.of(notBefore).filter(time -> !time.equals(Instant.MIN)),
                Optional.of(expiresAt).filter(time -> !time.equals(Instant.MAX)),
                disabled,
                lastUse.time());
    }

    private static Verification.Rejected wrongSecretOf(ServicePrincipal client) {
        return new Verification.Rejected(RefusalReason.WRONG_SECRET, Optional.of(client.name()), Optional.empty());
    }

    private Verification rejected(RefusalReason reason) {
        return new Verification.Rejected(
                reason, Optional.of(accepted.principal().name()), label);
    }
}
