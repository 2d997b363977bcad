package dev.dowel.remotemodel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** No usable answer came back. {@link #outcome()} says whether the call may be repeated without doing it twice. */
public class RemoteCallException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /** What is known about a call without an answer. */
    public enum Outcome {

        /** Nothing reached the other service: repeating is safe. */
        NOT_SENT,

        /** The other service may have done what was asked. */
        UNKNOWN
    }

    /** Whether the call may have been carried out. */
    private final Outcome outcome;

    /**
     * Makes the exception.
     *
     * @param message what was asked and what happened, without secrets
     * @param outcome whether the call may have been carried out
     * @param cause what went wrong below, or null
     */
    public RemoteCallException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = Objects.requireNonNull(outcome, "outcome");
    }

    /**
     * Returns whether the call may have been carried out.
     *
     * @return the outcome
     */
    public final Outcome outcome() {
        return outcome;
    }

    @Override
    RemoteModelException copy() {
        return new RemoteCallException(text(), outcome, this);
    }
}
