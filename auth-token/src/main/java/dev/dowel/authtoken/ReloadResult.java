package dev.dowel.authtoken;

import java.util.Objects;
import java.util.Optional;

/**
 * What became of reading a file again. Immutable; holds nothing of what stands in the file.
 *
 * @param status whether something changed
 * @param problem what is wrong with the file, if its reading failed: the line and the rule, or the kind of failure
 */
public record ReloadResult(Status status, Optional<String> problem) {

    /** Whether a reload changed something. */
    public enum Status {
        /** The file had other content, which counts from now on. */
        CHANGED,
        /** The file has the content that counts already, or there is no file. */
        UNCHANGED,
        /** The file could not be read or is wrong; what counted before still counts. */
        FAILED
    }

    static final ReloadResult CHANGED = new ReloadResult(Status.CHANGED, Optional.empty());
    static final ReloadResult UNCHANGED = new ReloadResult(Status.UNCHANGED, Optional.empty());

    /**
     * Checks that nothing is null.
     *
     * @param status whether something changed
     * @param problem what is wrong with the file
     */
    public ReloadResult {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(problem, "problem");
    }
}
