package dev.dowel.benchmarks;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** A Markdown table. */
public final class Table {

    private final StringBuilder text = new StringBuilder();

    /** Starts a table with a title and the names of its columns. */
    public Table(String title, List<?> columns) {
        text.append("\n### ").append(title).append("\n\n");
        row(columns);
        text.append('|')
                .append(String.join("", Collections.nCopies(columns.size(), "---|")))
                .append('\n');
    }

    /** Adds a row; numbers get three digits that count, or all of those before the point. */
    public void row(List<?> cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ')
                    .append(cell instanceof Double number ? number(number) : cell)
                    .append(" |");
        }
        text.append('\n');
    }

    private static String number(double number) {
        if (Double.isNaN(number)) {
            return "-";
        }
        String format = Math.abs(number) >= 100 ? "%,.0f" : Math.abs(number) >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, number);
    }

    /** The smallest value of the rows of this sort, not-a-number when there is none. */
    static <R> double least(Iterable<R> rows, Predicate<R> sort, ToDoubleFunction<R> value) {
        OptionalDouble least = OptionalDouble.empty();
        for (R row : rows) {
            double candidate = value.applyAsDouble(row);
            if (sort.test(row) && (least.isEmpty() || candidate < least.getAsDouble())) {
                least = OptionalDouble.of(candidate);
            }
        }
        return least.orElse(Double.NaN);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
