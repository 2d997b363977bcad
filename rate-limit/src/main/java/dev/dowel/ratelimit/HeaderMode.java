package dev.dowel.ratelimit;

/** On which answers the {@code RateLimit} and {@code RateLimit-Policy} headers stand. */
public enum HeaderMode {
    /** On none; a refusal still carries {@code Retry-After}. */
    NONE,
    /** On refusals; the default. */
    ON_LIMIT,
    /** On every answer. */
    ALWAYS
}
