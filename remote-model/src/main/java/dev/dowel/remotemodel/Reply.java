package dev.dowel.remotemodel;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a read as it came, decoded anew for each reader so that no reader can change what another sees; or decoded
 * once for all readers of a model that shares its instances.
 *
 * @param absent whether there is no such entity
 * @param body the JSON text, empty when absent
 * @param storable whether the provider allows keeping it
 * @param etag the ETag it came with, empty when none
 * @param links what the headers said about other pages
 * @param shared what it was decoded to, and for which model
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Reply(
        boolean absent,
        byte[] body,
        boolean storable,
        String etag,
        PageLinks links,
        AtomicReference<@Nullable Shared> shared) {

    static final Reply ABSENT = new Reply(true, new byte[0], true, "", PageLinks.NONE);

    Reply(boolean absent, byte[] body, boolean storable, String etag, PageLinks links) {
        this(absent, body, storable, etag, links, new AtomicReference<>());
    }

    static Reply of(byte[] body) {
        return new Reply(false, body, true, "", PageLinks.NONE);
    }

    /** What one model, which knows the type, made of the text. */
    record Shared(Object model, Object value) {}

    /** Decodes for the first who asks; who comes later gets the same instance, unless another model decoded in between. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // A model is itself and asks for one type only.
    <V> V decodedOnce(Object model, Supplier<V> decode) {
        @Nullable Shared before = shared.get();
        if (before != null && before.model == model) {
            return (V) before.value;
        }
        Shared mine = new Shared(model, decode.get());
        return (V) shared.updateAndGet(now -> now != null && now.model == model ? now : mine).value;
    }

    long weight() {
        return body.length + 2L * (links.next().length() + etag.length());
    }

    @Override
    public String toString() {
        return absent ? "Reply[absent]" : "Reply[" + body.length + " bytes]";
    }
}
