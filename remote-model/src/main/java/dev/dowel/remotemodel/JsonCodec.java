package dev.dowel.remotemodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Turns values into JSON and back. Implementations are safe for use by several threads. */
public interface JsonCodec {

    /**
     * Encodes a value.
     *
     * @param value an entity, a map, or the {@link Patch.Fields} of a patch, whose nulls must be written
     * @return the JSON text in UTF-8
     * @throws IOException when the value cannot be encoded; the message goes into logs and must not hold content
     */
    byte[] encode(Object value) throws IOException;

    /**
     * Decodes a value.
     *
     * @param json a JSON text in UTF-8
     * @param type what it should be: a class or a {@link java.lang.reflect.ParameterizedType}
     * @return the value, never null
     * @throws IOException when the text is not JSON or not of this type; the message goes into logs, so it says where in
     *     the text, not what stands there
     */
    Object decode(byte[] json, Type type) throws IOException;

    /**
     * Returns how a step into an object may be named in a message: the name of a property of its class, but not a key of a
     * map or of a class that takes any key ({@link com.fasterxml.jackson.annotation.JsonAnySetter}), which is content.
     *
     * @param holder the object that was being read or written, its class, or null when not known
     * @param name the name of the step
     * @return the name or {@code *}
     */
    static String shownName(@Nullable Object holder, String name) {
        return UnknownKeys.mayBeIn(holder) ? "*" : name;
    }

    /**
     * Returns a codec over a plain Jackson 2 mapper. Unknown properties are ignored and no type is ever chosen by the
     * text.
     *
     * @return the codec
     */
    static JsonCodec jackson2() {
        return jackson2(new ObjectMapper());
    }

    /**
     * Returns a codec over a copy of the given mapper, with unknown properties ignored. Use this for modules such as
     * java.time.
     *
     * @param mapper a Jackson 2 mapper; changing it afterwards has no effect
     * @return the codec
     * @throws IllegalArgumentException when the mapper has default typing, which lets a provider choose classes
     */
    static JsonCodec jackson2(ObjectMapper mapper) {
        return new Jackson2Codec(mapper);
    }
}
