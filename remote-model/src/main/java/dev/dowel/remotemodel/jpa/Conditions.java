package dev.dowel.remotemodel.jpa;

import dev.dowel.remotemodel.Query;
import jakarta.persistence.TypedQuery;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.From;
import jakarta.persistence.criteria.JoinType;
import jakarta.persistence.criteria.Order;
import jakarta.persistence.criteria.ParameterExpression;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.ManagedType;
import jakarta.persistence.metamodel.SingularAttribute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lookups of one query as criteria. Every name comes from the metamodel and every value is a parameter, so nothing
 * of a query gets into the statement.
 */
final class Conditions<T> {

    /** As many joins as anybody reads through; a path from a URL must not make a statement of fifty. */
    private static final int MAX_STEPS = 5;

    private static final char ESCAPE = '!';

    private final Shape<T> shape;
    private final CriteriaBuilder builder;
    private final Root<T> root;
    private final Map<String, From<?, ?>> joins = new HashMap<>();
    private final Map<ParameterExpression<Object>, Object> parameters = new HashMap<>();

    Conditions(Shape<T> shape, CriteriaBuilder builder, Root<T> root) {
        this.shape = shape;
        this.builder = builder;
        this.root = root;
    }

    /** Where the values of a field stand, and what they are. */
    private record Column(String field, Path<?> path, Class<?> type, boolean optional) {}

    Predicate[] of(Query query) {
        return query.criteria().stream().map(this::predicate).toArray(Predicate[]::new);
    }

    Predicate idIn(Collection<?> ids) {
        CriteriaBuilder.In<Object> in = builder.in(root.get(shape.id().getName()));
        ids.forEach(id -> in.value(parameter(shape.id().getJavaType(), id)));
        return in;
    }

    /** The order of the query, ended by the id so that no entity is on two pages. What is missing is last or, turned, first. */
    List<Order> order(Query query) {
        List<Order> orders = new ArrayList<>();
        for (String field : query.ordering()) {
            boolean descending = field.startsWith("-");
            Column column = column(descending ? field.substring(1) : field);
            if (column.optional()) {
                Expression<Integer> missing = builder.<Integer>selectCase()
                        .when(builder.isNull(column.path()), builder.literal(1))
                        .otherwise(builder.literal(0));
                orders.add(descending ? builder.desc(missing) : builder.asc(missing));
            }
            orders.add(descending ? builder.desc(column.path()) : builder.asc(column.path()));
        }
        orders.add(builder.asc(root.get(shape.id().getName())));
        return orders;
    }

    <R> TypedQuery<R> bind(TypedQuery<R> query) {
        parameters.forEach(query::setParameter);
        return query;
    }

    private Predicate predicate(Query.Condition condition) {
        Column column = column(condition.field());
        String first = condition.values().get(0);
        return switch (condition.lookup()) {
            case "exact" -> builder.equal(column.path(), value(column, first));
            case "iexact" ->
                column.type() == String.class
                        ? builder.equal(builder.lower(text(column)), lower(first))
                        : builder.equal(column.path(), value(column, first));
            case "contains" -> builder.like(text(column), pattern("%", first, "%"), ESCAPE);
            case "icontains" -> builder.like(builder.lower(text(column)), lower(like("%", first, "%")), ESCAPE);
            case "startswith" -> builder.like(text(column), pattern("", first, "%"), ESCAPE);
            case "istartswith" -> builder.like(builder.lower(text(column)), lower(like("", first, "%")), ESCAPE);
            case "endswith" -> builder.like(text(column), pattern("%", first, ""), ESCAPE);
            case "gt" -> builder.greaterThan(ordered(column), orderedValue(column, first));
            case "gte" -> builder.greaterThanOrEqualTo(ordered(column), orderedValue(column, first));
            case "lt" -> builder.lessThan(ordered(column), orderedValue(column, first));
            case "lte" -> builder.lessThanOrEqualTo(ordered(column), orderedValue(column, first));
            case "range" ->
                builder.between(
                        ordered(column),
                        orderedValue(column, first),
                        orderedValue(column, condition.values().get(1)));
            case "isnull" ->
                Boolean.parseBoolean(first.toLowerCase(Locale.ROOT))
                        ? builder.isNull(column.path())
                        : builder.isNotNull(column.path());
            case "in" -> {
                CriteriaBuilder.In<Object> in = builder.in(column.path());
                condition.values().forEach(each -> in.value(value(column, each)));
                yield in;
            }
            default -> throw new IllegalArgumentException("unknown lookup " + condition.lookup());
        };
    }

    private Column column(String field) {
        String[] steps = field.split("__", -1);
        if (steps.length > MAX_STEPS) {
            throw new IllegalArgumentException("field " + field + " has more than " + MAX_STEPS + " steps");
        }
        ManagedType<?> type = shape.entity();
        @Nullable From<?, ?> from = root;
        Path<?> path = root;
        String walked = "";
        boolean optional = false;
        for (int i = 0; ; i++) {
            SingularAttribute<?, ?> attribute = shape.single(type, steps[i]);
            optional |= attribute.isOptional() && !attribute.isId();
            if (i == steps.length - 1) {
                return last(field, path, attribute, optional);
            }
            if (!(attribute.getType() instanceof ManagedType<?> next)) {
                throw new IllegalArgumentException("the entity has no field " + field);
            }
            walked += "__" + attribute.getName();
            if (!attribute.isAssociation()) {
                path = path.get(attribute.getName());
                from = null;
            } else if (from == null) {
                throw new IllegalArgumentException(
                        "field " + field + " leads from an embedded value to another entity, which is not supported");
            } else {
                // An inner join would drop those that have nobody to join with.
                From<?, ?> start = from;
                from = joins.computeIfAbsent(walked, w -> start.join(attribute.getName(), JoinType.LEFT));
                path = from;
            }
            type = next;
        }
    }

    /** Another entity is compared by its id. */
    private static Column last(String field, Path<?> path, SingularAttribute<?, ?> attribute, boolean optional) {
        Path<?> value = path.get(attribute.getName());
        if (attribute.getType() instanceof EntityType<?> other) {
            SingularAttribute<?, ?> id = Shape.idOf(other);
            return new Column(field, value.get(id.getName()), id.getJavaType(), optional);
        }
        if (attribute.getType() instanceof ManagedType<?>) {
            throw new IllegalArgumentException("field " + field + " is not one value; name a part of it");
        }
        return new Column(field, value, attribute.getJavaType(), optional);
    }

    private Expression<?> value(Column column, String text) {
        return parameter(column.type(), Values.parse(column.field(), text, column.type()));
    }

    @SuppressWarnings("unchecked") // The type is the column's, and criteria do not look at it until they run.
    private ParameterExpression<Object> parameter(Class<?> type, Object value) {
        ParameterExpression<Object> parameter = (ParameterExpression<Object>) builder.parameter(type);
        parameters.put(parameter, value);
        return parameter;
    }

    /** Stands for the type of a column whose values can be compared with each other; criteria do not look at it. */
    private interface Ordered extends Comparable<Ordered> {}

    @SuppressWarnings("unchecked")
    private static Expression<Ordered> ordered(Column column) {
        if (column.type().isEnum()) {
            throw new IllegalArgumentException("field " + column.field() + " has constants, which have no order");
        }
        return (Expression<Ordered>) column.path();
    }

    @SuppressWarnings("unchecked")
    private Expression<Ordered> orderedValue(Column column, String text) {
        return (Expression<Ordered>) value(column, text);
    }

    @SuppressWarnings("unchecked")
    private static Expression<String> text(Column column) {
        if (column.type() != String.class) {
            throw new IllegalArgumentException("field " + column.field() + " is not a text");
        }
        return (Expression<String>) column.path();
    }

    @SuppressWarnings("unchecked")
    private Expression<String> pattern(String before, String text, String after) {
        return (Expression<String>) (Expression<?>) parameter(String.class, like(before, text, after));
    }

    /** Lowered by the database on both sides, which need not agree with Java about what a small letter is. */
    @SuppressWarnings("unchecked")
    private Expression<String> lower(String text) {
        return builder.lower((Expression<String>) (Expression<?>) parameter(String.class, text));
    }

    private static String like(String before, String text, String after) {
        String literal = text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        return before + literal + after;
    }
}
