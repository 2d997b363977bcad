package dev.dowel.ratelimit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The first half of a SHA-256: long enough that nobody finds two texts with the same key, the same on every instance. */
record HashedKey(long high, long low) implements RateLimitKey {
    static HashedKey of(String kind, String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(kind.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            ByteBuffer hash = ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
            return new HashedKey(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** A client's place in a table that several rules share. */
    static HashedKey of(RateLimitRule rule, RateLimitKey key) {
        long high;
        long low;
        if (key instanceof ClientAddress address) {
            high = address.network();
            low = address.isIpv4() ? 4 : 6;
        } else {
            HashedKey hashed = (HashedKey) key;
            high = hashed.high();
            low = hashed.low();
        }
        // Made in one place, so that the compiler can spare the object.
        return new HashedKey(high, low ^ rule.version());
    }

    @Override
    public String text() {
        HexFormat hex = HexFormat.of();
        return "h-" + hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
