package dev.dowel.remotemodel;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of Django REST framework; pages by cursor have no count. */
record PageDocument<T>(
        @JsonProperty("results") @Nullable List<@Nullable T> results,
        @JsonProperty("next") @Nullable String next,
        @JsonProperty("count") @Nullable Long count) {

    static Type typeOf(Class<?> entity) {
        return new Of(PageDocument.class, entity);
    }

    static Type listOf(Class<?> entity) {
        return new Of(List.class, entity);
    }

    /** {@code raw<argument>}. */
    private record Of(Class<?> raw, Class<?> argument) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {argument};
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }
    }
}
