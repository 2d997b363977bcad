package dev.dowel.remotemodel;

import org.jspecify.annotations.Nullable;

/** The other service reported success, but what it sent is not what was promised. The message says where, not what. */
public final class RemoteDecodeException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what was asked and what is wrong with the answer, without its content
     */
    public RemoteDecodeException(String message) {
        this(message, null);
    }

    private RemoteDecodeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    RemoteModelException copy() {
        return new RemoteDecodeException(text(), this);
    }
}
