package dev.dowel.remotemodel.testing;

import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of an entity the {@link RepositoryContractTest} works with, by the names they have in queries and patches.
 * Immutable.
 *
 * @param <T> the entity
 * @param <ID> its identifier
 */
public final class EntityFields<T, ID> {

    final Function<? super T, ? extends @Nullable ID> id;
    final String textName;
    final Function<? super T, ? extends @Nullable String> text;
    final String numberName;
    final ToIntFunction<? super T> number;
    final String nullableName;
    final Function<? super T, ? extends @Nullable String> nullable;

    private EntityFields(
            Function<? super T, ? extends @Nullable ID> id,
            String textName,
            Function<? super T, ? extends @Nullable String> text,
            String numberName,
            ToIntFunction<? super T> number,
            String nullableName,
            Function<? super T, ? extends @Nullable String> nullable) {
        this.id = Objects.requireNonNull(id, "id");
        this.textName = Objects.requireNonNull(textName, "textName");
        this.text = Objects.requireNonNull(text, "text");
        this.numberName = Objects.requireNonNull(numberName, "numberName");
        this.number = Objects.requireNonNull(number, "number");
        this.nullableName = Objects.requireNonNull(nullableName, "nullableName");
        this.nullable = Objects.requireNonNull(nullable, "nullable");
    }

    /**
     * Returns the fields that every entity under test has.
     *
     * @param <T> the entity
     * @param <ID> its identifier
     * @param id reads the id
     * @param textName the name of a field for texts of up to 100 characters
     * @param text reads it
     * @param numberName the name of a field for numbers from 0 to 100
     * @param number reads it
     * @return the fields
     */
    public static <T, ID> EntityFields<T, ID> of(
            Function<? super T, ? extends @Nullable ID> id,
            String textName,
            Function<? super T, ? extends @Nullable String> text,
            String numberName,
            ToIntFunction<? super T> number) {
        return new EntityFields<>(id, textName, text, numberName, number, "", entity -> null);
    }

    /**
     * Returns these fields and one that may be null; without it the tests of null are skipped.
     *
     * @param name the name of another field for texts, which may be null
     * @param value reads it
     * @return the larger fields
     */
    public EntityFields<T, ID> nullable(String name, Function<? super T, ? extends @Nullable String> value) {
        return new EntityFields<>(id, textName, text, numberName, number, name, value);
    }
}
