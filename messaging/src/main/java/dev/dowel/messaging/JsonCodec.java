package dev.dowel.messaging;

/** Turns bodies into JSON and back. Implementations are safe for use by several threads. */
public interface JsonCodec {
    /** The media type of what a codec makes. */
    String CONTENT_TYPE = "application/json";

    /**
     * Encodes a body.
     *
     * @param body the body
     * @return UTF-8 JSON
     * @throws IllegalArgumentException if the body cannot be encoded
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
     * no default typing.
     *
     * @return a codec over a mapper of its own
     */
    static JsonCodec jackson2() {
        return Jackson2Codec.standard();
    }
}
