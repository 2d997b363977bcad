package dev.dowel.messaging;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dowel.messaging.internal.Jackson2Codec;

/** Turns bodies into JSON and back. Implementations are safe for use by several threads. */
public interface JsonCodec {
    /** The media type of what a codec makes. */
    String CONTENT_TYPE = "application/json";

    /**
     * Encodes a body.
     *
     * @param body the body
     * @return UTF-8 JSON
     * @throws IllegalArgumentException if the body cannot be encoded; its message names classes, never content
     */
    byte[] encode(Object body);

    /**
     * Decodes a body.
     *
     * @param <T> the type wanted
     * @param json UTF-8 JSON
     * @param type the class wanted
     * @return the body, never null
     * @throws IllegalArgumentException if the bytes are not JSON of that form; its message holds a location, never
     *     content
     */
    <T> T decode(byte[] json, Class<T> type);

    /**
     * Returns the default codec: Jackson 2, java.time left to modules the caller registers, unknown properties ignored,
     * text after the document refused, no default typing.
     *
     * @return a codec over a mapper of its own
     */
    static JsonCodec jackson2() {
        return jackson2(new ObjectMapper());
    }

    /**
     * Returns a codec over a copy of the given mapper, with unknown properties ignored, so that a publisher may add one,
     * and text after the document refused. All else is as the mapper has it: register modules such as java.time, choose
     * names and dates. It must write and read what the other services' codecs do; it must not let the text choose
     * classes.
     *
     * @param mapper a Jackson 2 mapper; changing it afterwards has no effect
     * @return the codec
     * @throws IllegalArgumentException if the mapper has default typing, which lets a publisher choose classes
     */
    static JsonCodec jackson2(ObjectMapper mapper) {
        return new Jackson2Codec(mapper);
    }
}
