package dev.dowel.remotemodel;

import org.jspecify.annotations.Nullable;

/**
 * A call to another service that did not give what was asked. Messages hold the method, the URL without its query, the
 * status and what to do; never a body, a query string or a credential.
 */
public abstract class RemoteModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RemoteModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The same failure for another caller who waited for it: that caller's stack, this as cause. */
    abstract RemoteModelException copy();

    final String text() {
        return String.valueOf(getMessage());
    }
}
