package dev.dowel.remotemodel;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Django's lookups over the JSON form of an entity, so that a query in memory means what it means on the wire. */
final class Lookups {

    private Lookups() {}

    static boolean matches(Query query, Map<?, ?> entity) {
        return query.criteria().stream().allMatch(condition -> matches(condition, entity));
    }

    private static boolean matches(Query.Condition condition, Map<?, ?> entity) {
        Object value = value(condition.field(), entity);
        if (condition.lookup().equals("isnull")) {
            return (value == null)
                    == Boolean.parseBoolean(condition.values().get(0).toLowerCase(Locale.ROOT));
        }
        return value != null && holds(condition.lookup(), value, condition.values());
    }

    private static boolean holds(String lookup, Object value, List<String> wanted) {
        if (lookup.equals("in")) {
            return wanted.stream().anyMatch(each -> compare(value, each) == 0);
        }
        String text = text(value);
        String first = wanted.get(0);
        return switch (lookup) {
            case "exact" -> compare(value, first) == 0;
            case "iexact" -> lower(text).equals(lower(first));
            case "contains" -> text.contains(first);
            case "icontains" -> lower(text).contains(lower(first));
            case "startswith" -> text.startsWith(first);
            case "istartswith" -> lower(text).startsWith(lower(first));
            case "endswith" -> text.endsWith(first);
            case "gt" -> compare(value, first) > 0;
            case "gte" -> compare(value, first) >= 0;
            case "lt" -> compare(value, first) < 0;
            case "lte" -> compare(value, first) <= 0;
            case "range" -> compare(value, first) >= 0 && compare(value, wanted.get(1)) <= 0;
            default -> throw new IllegalArgumentException("unknown lookup " + lookup);
        };
    }

    /** Orders entities as {@link Query#orderBy} says; what is missing comes last, first when turned around. */
    static Comparator<Map<?, ?>> order(List<String> fields) {
        Comparator<Map<?, ?>> order = Comparator.comparing(entity -> 0);
        for (String field : fields) {
            boolean descending = field.startsWith("-");
            String path = descending ? field.substring(1) : field;
            Comparator<Map<?, ?>> byField = (a, b) -> compareValues(value(path, a), value(path, b));
            order = order.thenComparing(descending ? byField.reversed() : byField);
        }
        return order;
    }

    private static int compareValues(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return Boolean.compare(a == null, b == null);
        }
        return compare(a, text(b));
    }

    /** Compares as the type of the stored value demands; what was asked for is a text, as in a URL. */
    private static int compare(Object value, String wanted) {
        if (value instanceof Number) {
            try {
                return new BigDecimal(value.toString()).compareTo(new BigDecimal(wanted));
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException("a number is compared with a text", notANumber);
            }
        }
        if (value instanceof Boolean flag) {
            return Boolean.compare(flag, Boolean.parseBoolean(wanted));
        }
        return text(value).compareTo(wanted);
    }

    private static @Nullable Object value(String path, Map<?, ?> entity) {
        Object value = entity;
        for (String name : path.split("__", -1)) {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            if (map == entity && !map.containsKey(name)) {
                throw new IllegalArgumentException("the entity has no field " + name);
            }
            value = map.get(name);
        }
        return value;
    }

    private static String text(Object value) {
        return value.toString();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
