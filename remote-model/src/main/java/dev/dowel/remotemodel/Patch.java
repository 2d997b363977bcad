package dev.dowel.remotemodel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fields to change in an entity, as a JSON merge patch (RFC 7396): null clears a field. Immutable. */
public final class Patch {

    private final Fields fields;

    private Patch(Fields fields) {
        this.fields = fields;
    }

    /**
     * Returns a patch of one field.
     *
     * @param field the field
     * @param value its new value, null to clear it; a map patches the nested object
     * @return the patch
     */
    public static Patch of(String field, @Nullable Object value) {
        return new Patch(new Fields()).and(field, value);
    }

    /**
     * Returns this patch with one more field.
     *
     * @param field the field; a field given before is replaced
     * @param value its new value, null to clear it
     * @return the larger patch
     */
    public Patch and(String field, @Nullable Object value) {
        Objects.requireNonNull(field, "field");
        Fields more = new Fields();
        more.putAll(fields);
        more.put(field, explicit(value));
        return new Patch(more);
    }

    /**
     * Returns the fields with their new values.
     *
     * @return an unmodifiable map in the order of giving, with explicit nulls
     */
    public Map<String, @Nullable Object> fields() {
        return Collections.unmodifiableMap(fields);
    }

    /** The map to encode, of a type that keeps its nulls whatever the user's mapper leaves out. */
    Fields document() {
        return fields;
    }

    private static @Nullable Object explicit(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Fields nested = new Fields();
        map.forEach((key, each) -> nested.put(String.valueOf(key), explicit(each)));
        return nested;
    }

    /** Returns the names of the fields, without the values. */
    @Override
    public String toString() {
        return "Patch" + fields.keySet();
    }

    /**
     * What a {@link JsonCodec} gets to encode for a patch, and for the maps within it: a map whose nulls must be written,
     * whatever the codec leaves out elsewhere. Only codecs see it.
     */
    public static final class Fields extends LinkedHashMap<String, @Nullable Object> {

        private static final long serialVersionUID = 1L;

        private Fields() {}
    }
}
