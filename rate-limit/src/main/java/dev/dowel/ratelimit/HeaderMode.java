package dev.dowel.ratelimit;

/** On which answers the {@code RateLimit} and {@code RateLimit-Policy} headers stand. */
public enum HeaderMode {
    /** On none; a refusal still carries {@code Retry-After}. */
    NONE,
    /** Both on refusals; the default. */
    ON_LIMIT,
    /** {@code RateLimit} on every answer, {@code RateLimit-Policy} on refusals. */
    ALWAYS
}
