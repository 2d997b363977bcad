package dev.dowel.messaging.internal;

import dev.dowel.messaging.PublishException;
import java.util.List;

/** What is told of a set of which not all was confirmed. */
public final class SetFailure {
    private SetFailure() {}

    /**
     * Makes one failure of several. An unknown outcome comes first: who knows of it must not take the set for refused.
     *
     * @param failures why messages of the set were not confirmed, at least one
     * @param messages how many messages the set has
     * @return the kind of the first unknown outcome, else of the first failure; with the others suppressed
     */
    public static PublishException of(List<PublishException> failures, int messages) {
        PublishException worst = failures.stream()
                .filter(failure -> failure.kind().outcomeUnknown())
                .findFirst()
                .orElse(failures.get(0));
        if (messages == 1) {
            return worst;
        }
        long unknown = failures.stream()
                .filter(failure -> failure.kind().outcomeUnknown())
                .count();
        PublishException all = new PublishException(
                worst.kind(),
                worst.getMessage() + "; of the " + messages + " messages of its set " + (messages - failures.size())
                        + " were confirmed, " + unknown + " have an unknown outcome",
                worst);
        failures.stream().filter(failure -> failure != worst).forEach(all::addSuppressed);
        return all;
    }
}
