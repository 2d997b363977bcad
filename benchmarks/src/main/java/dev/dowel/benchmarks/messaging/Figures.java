package dev.dowel.benchmarks.messaging;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** One figure of one contender over the rounds. */
public record Figures(List<Double> rounds) {

    /** Rounds that differ more than this are no ground for a ratio. */
    private static final double MOST_SPREAD = 0.3;

    private static final int FEWEST_ROUNDS = 3;

    /** Takes the figure out of each round. */
    public static <S> Figures of(List<S> rounds, ToDoubleFunction<? super S> figure) {
        return new Figures(rounds.stream().map(figure::applyAsDouble).toList());
    }

    /** Returns the middle one. */
    public double median() {
        double[] sorted = sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the smallest. */
    public double least() {
        return sorted().min().orElse(Double.NaN);
    }

    /** Returns the largest. */
    public double most() {
        return sorted().max().orElse(Double.NaN);
    }

    private DoubleStream sorted() {
        return rounds.stream().mapToDouble(Double::doubleValue).sorted();
    }

    /** How far the rounds are apart, as a share of the median. */
    double spread() {
        return (most() - least()) / median();
    }

    boolean steady() {
        return spread() <= MOST_SPREAD;
    }

    /** The median of the ratios of each round. */
    double ratioTo(Figures other) {
        return new Figures(IntStream.range(0, rounds.size())
                        .mapToObj(i -> rounds.get(i) / other.rounds.get(i))
                        .toList())
                .median();
    }

    /** The ratio, or why there is none. */
    public Object ratioOrWhyNot(Figures other) {
        if (rounds.size() < FEWEST_ROUNDS) {
            return "none: fewer than " + FEWEST_ROUNDS + " rounds";
        }
        if (steady() && other.steady()) {
            return ratioTo(other);
        }
        return String.format("none: rounds differ by %.0f %%", 100 * Math.max(spread(), other.spread()));
    }
}
