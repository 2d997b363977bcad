package dev.dowel.ratelimit;

import org.jspecify.annotations.Nullable;

/** A store cannot tell whether a call is allowed. The filter answers 503 then. Has no key or address in it. */
public final class BucketStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception; it has no stack trace, as it may come once for each request.
     *
     * @param message what was asked and what to do
     * @param cause what the store said; null if it was not asked
     */
    public BucketStoreException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
