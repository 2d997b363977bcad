package dev.dowel.remotemodel;

import java.util.Objects;

/**
 * What a provider said about an error as {@code application/problem+json} (RFC 9457). It is the provider's text: show it
 * to people with care.
 *
 * @param type a URI that names the kind of problem, {@code about:blank} when not given
 * @param title a short summary, empty when not given
 * @param detail an explanation of this occurrence, empty when not given
 */
public record Problem(String type, String title, String detail) {

    /**
     * Checks that nothing is null.
     *
     * @param type a URI that names the kind of problem
     * @param title a short summary
     * @param detail an explanation of this occurrence
     */
    public Problem {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(detail, "detail");
    }

    /** Returns the title only, on one line: the rest is the provider's text about one occurrence. */
    @Override
    public String toString() {
        return "Problem[" + Failures.printable(title) + "]";
    }
}
