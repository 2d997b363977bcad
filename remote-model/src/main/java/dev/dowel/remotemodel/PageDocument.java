package dev.dowel.remotemodel;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shapes that a page of a list comes in. */
final class PageDocument {

    private PageDocument() {}

    /** A page of Django REST framework; pages by cursor have no count. */
    record Django<T>(
            @JsonProperty("results") @Nullable List<@Nullable T> results,
            @JsonProperty("next") @Nullable String next,
            @JsonProperty("count") @Nullable Long count) {}

    /** A page of Spring Data: a Page, a Slice, which has no totals, or a PagedModel, which has its numbers in an object. */
    record Spring<T>(
            @JsonProperty("content") @Nullable List<@Nullable T> content,
            @JsonProperty("last") @Nullable Boolean last,
            @JsonProperty("number") @Nullable Long number,
            @JsonProperty("totalElements") @Nullable Long totalElements,
            @JsonProperty("totalPages") @Nullable Long totalPages,
            @JsonProperty("page") @Nullable Numbers page) {

        Numbers numbers() {
            return page == null ? new Numbers(number, totalElements, totalPages) : page;
        }
    }

    /** Where a page of Spring Data stands; pages count from 0. */
    record Numbers(
            @JsonProperty("number") @Nullable Long number,
            @JsonProperty("totalElements") @Nullable Long totalElements,
            @JsonProperty("totalPages") @Nullable Long totalPages) {}

    /** {@code raw<argument>}. */
    record Of(Class<?> raw, Class<?> argument) implements ParameterizedType {

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
