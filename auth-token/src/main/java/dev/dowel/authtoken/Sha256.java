package dev.dowel.authtoken;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hashes and compares secrets; the one place where either is done, so that tests can count both. */
class Sha256 {

    static final int LENGTH = 32;

    // Looking an algorithm up costs more than the hash. The values are classes of the JDK, so nothing of ours is
    // pinned.
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Sha256::digest);

    byte[] hash(byte[] bytes, int from) {
        MessageDigest digest = DIGEST.get();
        digest.update(bytes, from, bytes.length - from);
        return digest.digest();
    }

    boolean equal(byte[] stored, byte[] sent) {
        return MessageDigest.isEqual(stored, sent);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing, which every Java platform has to have", e);
        }
    }
}
