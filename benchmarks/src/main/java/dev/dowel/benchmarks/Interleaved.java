package dev.dowel.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lets contenders take their turns, A B C, B C A, C A B, so that none is always the first. A round before them is not
 * counted: it is the compiler's.
 */
public final class Interleaved {

    private Interleaved() {}

    /** A round, in which each has one turn. */
    @FunctionalInterface
    public interface Round<C, S> {

        /** Begins the round of this number; 0 is the one that is not counted. */
        Turn<C, S> begin(int number) throws Exception;
    }

    /** A turn. */
    @FunctionalInterface
    public interface Turn<C, S> {

        /** Returns what the turn of this contender came to. */
        S take(C contender) throws Exception;
    }

    /** Returns the samples of each contender, one of each round. A single round has none before it. */
    public static <C, S> Map<C, List<S>> take(int rounds, List<C> contenders, Round<C, S> each) throws Exception {
        Map<C, List<S>> samples = new LinkedHashMap<>();
        contenders.forEach(contender -> samples.put(contender, new ArrayList<>()));
        List<C> order = new ArrayList<>(contenders);
        for (int number = rounds == 1 ? 1 : 0; number <= rounds; number++) {
            Turn<C, S> turn = each.begin(number);
            for (C contender : order) {
                S sample = turn.take(contender);
                if (number > 0) {
                    Objects.requireNonNull(samples.get(contender)).add(sample);
                }
            }
            Collections.rotate(order, -1);
        }
        return samples;
    }
}
