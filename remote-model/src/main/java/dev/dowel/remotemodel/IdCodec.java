package dev.dowel.remotemodel;

import java.util.Objects;
import java.util.function.Function;

/**
 * How an id is written in a URL. Prefer {@link #LONG} and {@link #UUID}: they cannot hold anything hostile.
 *
 * @param <ID> the identifier
 */
public interface IdCodec<ID> {

    /** Whole numbers. */
    IdCodec<Long> LONG = of(Object::toString, Long::valueOf);

    /** UUIDs in their usual form. */
    IdCodec<java.util.UUID> UUID = of(Object::toString, IdText::uuid);

    /** Texts; what a URL cannot hold safely is refused at each call. */
    IdCodec<String> STRING = of(Function.identity(), Function.identity());

    /**
     * Returns the text of an id.
     *
     * @param id the identifier
     * @return its text, the same for equal ids
     */
    String encode(ID id);

    /**
     * Returns the text of an id, checked as {@link Repository} demands; for those who implement it themselves.
     *
     * @param id the identifier
     * @param policy which characters it may hold
     * @return its text
     * @throws IllegalArgumentException when the text is empty, a dot segment or too long, or holds what the policy refuses;
     *     the message does not repeat it
     */
    default String checked(ID id, IdPolicy policy) {
        return IdText.check(encode(Objects.requireNonNull(id, "id")), policy);
    }

    /**
     * Returns the id of a text.
     *
     * @param text what {@link #encode} gave
     * @return the identifier
     * @throws IllegalArgumentException when the text is not an id
     */
    ID decode(String text);

    /**
     * Returns a codec made of two functions.
     *
     * @param <ID> the identifier
     * @param encode gives the text of an id
     * @param decode gives the id of a text, or throws {@link IllegalArgumentException}
     * @return the codec
     */
    static <ID> IdCodec<ID> of(Function<? super ID, String> encode, Function<String, ? extends ID> decode) {
        return new IdCodec<>() {
            @Override
            public String encode(ID id) {
                return encode.apply(id);
            }

            @Override
            public ID decode(String text) {
                return decode.apply(text);
            }
        };
    }
}
