package dev.dowel.remotemodel;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks for two entities that exist, to see whether the service understands the batch style, and which one it does. */
final class BatchCheck<T, ID> {

    private final Endpoint<T, ID> endpoint;
    private final List<String> ids;
    private final Caller caller;

    BatchCheck(Endpoint<T, ID> endpoint, ID first, ID second, Caller caller) {
        this.endpoint = endpoint;
        this.ids = List.of(endpoint.segment(first), endpoint.segment(second));
        this.caller = caller.withoutContext();
        if (ids.get(0).equals(ids.get(1))) {
            throw new IllegalArgumentException("checkBatch needs two ids that differ");
        }
    }

    void run() {
        BatchStyle style = endpoint.options().batch;
        if (style != BatchStyle.NONE && works(style)) {
            return;
        }
        requireExisting("first", ids.get(0));
        requireExisting("second", ids.get(1));
        if (style == BatchStyle.NONE) {
            return;
        }
        BatchStyle other = style == BatchStyle.COMMA ? BatchStyle.REPEATED : BatchStyle.COMMA;
        throw new IllegalStateException("GET " + Ask.plain(endpoint.urls().collection())
                + " did not give exactly the two entities it was asked for with BatchStyle." + style
                + "; use batch(BatchStyle." + (works(other) ? other : BatchStyle.NONE) + ")");
    }

    private boolean works(BatchStyle style) {
        if (style == BatchStyle.COMMA && ids.stream().anyMatch(id -> id.indexOf(',') >= 0)) {
            return false;
        }
        Chunks chunks = new Chunks(endpoint.urls().collection(), style);
        ChunkRead<T> read = ChunkRead.list(endpoint, chunks, ids, caller);
        @Nullable RemoteModelException failure = read.failure();
        boolean misunderstood = failure == null
                || failure instanceof RemoteDecodeException
                || failure instanceof RemoteResponseException.BadRequest;
        if (!misunderstood) {
            throw failure;
        }
        return failure == null && read.found().keySet().equals(Set.copyOf(ids));
    }

    private void requireExisting(String which, String id) {
        if (endpoint.findInBatch(id, caller).isEmpty()) {
            throw new IllegalArgumentException("checkBatch needs two entities that exist, but "
                    + endpoint.options().entity + " has none with the " + which + " id");
        }
    }
}
