package dev.dowel.remotemodel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What to look for in a list, in the words of Django's lookups: {@code field} or {@code field__lookup} with one of {@code
 * exact iexact contains icontains startswith istartswith endswith gt gte lt lte in isnull range}. All conditions must
 * hold. Immutable.
 *
 * <p>A null or empty value is refused, because a provider that ignores it would answer with more than was asked; use
 * {@code field__isnull}. {@code in} and {@code range} take a collection whose values hold no comma; an empty {@code in}
 * matches nothing.
 */
public final class Query {

    static final String ORDERING = "ordering";
    static final String PAGE_SIZE = "page_size";

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,127}");
    private static final Query ALL = new Query(Map.of(), List.of(), 0);

    private final Map<String, List<String>> conditions;
    private final List<String> ordering;
    private final int size;

    private Query(Map<String, List<String>> conditions, List<String> ordering, int size) {
        this.conditions = conditions;
        this.ordering = ordering;
        this.size = size;
    }

    /**
     * Returns the query without conditions.
     *
     * @return everything
     */
    public static Query all() {
        return ALL;
    }

    /**
     * Returns a query with one condition.
     *
     * @param lookup the field, with an optional lookup: {@code price__lt}
     * @param value a string, number, boolean, enum constant, UUID or date, or a collection of them for {@code in} and {@code
     *     range}
     * @return the query
     * @throws IllegalArgumentException when the name is not a field name or the value does not fit the lookup
     */
    public static Query where(String lookup, Object value) {
        return ALL.and(lookup, value);
    }

    /**
     * Returns this query with one more condition.
     *
     * @param lookup the field, with an optional lookup
     * @param value as for {@link #where}
     * @return the narrower query
     * @throws IllegalArgumentException when the name is not a field name, is used already or the value does not fit
     */
    public Query and(String lookup, Object value) {
        Objects.requireNonNull(lookup, "lookup");
        Objects.requireNonNull(value, "value: to look for a missing value use __isnull");
        requireName(lookup);
        if (lookup.equals(ORDERING) || lookup.equals(PAGE_SIZE)) {
            throw new IllegalArgumentException("lookup " + lookup + " is set by orderBy and size");
        }
        if (conditions.containsKey(lookup)) {
            throw new IllegalArgumentException("lookup " + lookup + " is given twice");
        }
        Map<String, List<String>> more = new LinkedHashMap<>(conditions);
        more.put(lookup, values(lookup, value));
        return new Query(more, ordering, size);
    }

    /**
     * Returns this query with an order.
     *
     * @param fields the fields to sort by, most significant first, a {@code -} before a field turns it around
     * @return the ordered query
     * @throws IllegalArgumentException when a field is not a field name
     */
    public Query orderBy(String... fields) {
        for (String field : fields) {
            requireName(field.startsWith("-") ? field.substring(1) : field);
        }
        return new Query(conditions, List.of(fields), size);
    }

    /**
     * Returns this query with a page size, which the provider may lower.
     *
     * @param entitiesPerPage how many entities a page should have, 1 to 10,000
     * @return the query
     * @throws IllegalArgumentException when out of range
     */
    public Query size(int entitiesPerPage) {
        if (entitiesPerPage < 1 || entitiesPerPage > 10_000) {
            throw new IllegalArgumentException("size must be 1 to 10,000 but is " + entitiesPerPage);
        }
        return new Query(conditions, ordering, entitiesPerPage);
    }

    /** Field with lookup to the texts that are sent; one text unless the lookup takes a collection. */
    Map<String, List<String>> conditions() {
        return conditions;
    }

    /**
     * Returns the conditions, for those who implement {@link Repository} themselves.
     *
     * @return the conditions in the order of giving, unmodifiable
     */
    public List<Condition> criteria() {
        return conditions.entrySet().stream()
                .map(condition -> Condition.of(condition.getKey(), condition.getValue()))
                .toList();
    }

    /**
     * Returns the order.
     *
     * @return the fields, most significant first, a {@code -} before a field turns it around
     */
    public List<String> ordering() {
        return ordering;
    }

    /**
     * Returns the page size.
     *
     * @return how many entities a page should have, or empty when the repository decides
     */
    public OptionalInt size() {
        return size == 0 ? OptionalInt.empty() : OptionalInt.of(size);
    }

    /** An empty {@code in} matches nothing, and must not be sent: providers drop empty parameters. */
    boolean matchesNothing() {
        return conditions.values().stream().anyMatch(List::isEmpty);
    }

    private static List<String> values(String lookup, Object value) {
        boolean many = lookup.endsWith("__in") || lookup.endsWith("__range");
        if (value instanceof Collection<?> values) {
            if (!many) {
                throw new IllegalArgumentException("lookup " + lookup + " takes one value, not a collection");
            }
            List<String> texts = new ArrayList<>();
            for (Object each : values) {
                String text = text(lookup, Objects.requireNonNull(each, "value in " + lookup));
                if (text.indexOf(',') >= 0) {
                    throw new IllegalArgumentException("lookup " + lookup + " takes values without a comma");
                }
                texts.add(text);
            }
            if (lookup.endsWith("__range") && texts.size() != 2) {
                throw new IllegalArgumentException("lookup " + lookup + " takes two values");
            }
            return List.copyOf(texts);
        }
        if (many) {
            throw new IllegalArgumentException("lookup " + lookup + " takes a collection");
        }
        return List.of(text(lookup, value));
    }

    private static String text(String lookup, Object value) {
        String text = value instanceof java.math.BigDecimal number ? number.toPlainString() : value.toString();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("lookup " + lookup + " has an empty value, which providers ignore");
        }
        return text;
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a field name is letters, digits and underscores");
        }
    }

    /** Returns the names of the fields asked for, without the values. */
    @Override
    public String toString() {
        return "Query" + conditions.keySet();
    }

    /**
     * One condition of a query, taken apart.
     *
     * @param field the field, which may be a path: {@code author__name}
     * @param lookup one of the lookups, {@code exact} when none was named
     * @param values the texts to compare with: two for {@code range}, any number for {@code in}, one for every other lookup
     */
    public record Condition(String field, String lookup, List<String> values) {

        private static final Set<String> LOOKUPS = Set.of(
                "exact",
                "iexact",
                "contains",
                "icontains",
                "startswith",
                "istartswith",
                "endswith",
                "gt",
                "gte",
                "lt",
                "lte",
                "in",
                "isnull",
                "range");

        /**
         * Copies the values.
         *
         * @param field the field
         * @param lookup the lookup
         * @param values the texts
         */
        public Condition {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(lookup, "lookup");
            values = List.copyOf(values);
        }

        private static Condition of(String name, List<String> values) {
            int cut = name.lastIndexOf("__");
            return cut > 0 && LOOKUPS.contains(name.substring(cut + 2))
                    ? new Condition(name.substring(0, cut), name.substring(cut + 2), values)
                    : new Condition(name, "exact", values);
        }

        /** Returns the field and the lookup, without the values. */
        @Override
        public String toString() {
            return field + "__" + lookup;
        }
    }
}
