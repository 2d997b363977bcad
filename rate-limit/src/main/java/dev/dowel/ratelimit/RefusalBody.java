package dev.dowel.ratelimit;

/** What stands in a refusal's body. */
public enum RefusalBody {
    /** {@code application/problem+json} as in RFC 9457, with the names of the quotas that were exceeded; the default. */
    PROBLEM,
    /** {@code {"detail":"Too many requests"}} as {@code application/json}. */
    DETAIL
}
