package dev.dowel.benchmarks.authtoken;

import java.util.Random;
import java.util.stream.Collectors;

/** What a caller sends. */
public enum Call {
    /** A good token. */
    ACCEPTED("accepted", Clients.GOOD.token()),
    /** A known client with another secret. */
    WRONG_SECRET("wrong secret", Clients.WRONG.token()),
    /** A client that is not configured. */
    UNKNOWN_CLIENT("unknown client", Clients.UNKNOWN.token()),
    /** The right secret, too late. */
    EXPIRED("expired", Clients.EXPIRED.token()),
    /** The right secret, too early. */
    EARLY("not yet valid", Clients.EARLY.token()),
    /** The right secret, switched off. */
    DISABLED("disabled", Clients.DISABLED.token()),
    /** Base64 of a text without a colon. */
    MALFORMED("malformed", "bm8gY29sb24="),
    /** Characters that a token may have, but no token: the costliest garbage. */
    GARBAGE_100("100 characters of garbage", garbage(100)),
    /** More of them, just below what is looked at. */
    GARBAGE_2000("2,000 characters of garbage", garbage(2_000)),
    /** Nearly as many as a container takes. */
    GARBAGE_8000("8,000 characters of garbage", garbage(8_000));

    private final String label;
    private final String token;

    Call(String label, String token) {
        this.label = label;
        this.token = token;
    }

    /** Returns the name for people. */
    public String label() {
        return label;
    }

    /** Returns what stands behind the scheme. */
    String token() {
        return token;
    }

    private static String garbage(int length) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        return new Random(42)
                .ints(length, 0, alphabet.length())
                .mapToObj(digit -> alphabet.substring(digit, digit + 1))
                .collect(Collectors.joining());
    }
}
