package dev.dowel.remotemodel;

import org.jspecify.annotations.Nullable;

/** The other service did not answer in time; the message says whether connecting or answering took too long. */
public final class RemoteTimeoutException extends RemoteCallException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what was asked and which limit passed, without secrets
     * @param outcome whether the call may have been carried out
     * @param cause what went wrong below, or null
     */
    public RemoteTimeoutException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, outcome, cause);
    }

    @Override
    RemoteModelException copy() {
        return new RemoteTimeoutException(text(), outcome(), this);
    }
}
