package dev.dowel.remotemodel;

import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;

/** Cuts ids into lists that a service can be asked for at once, by their number and by the length of the URL. */
final class Chunks {

    static final int MAX_URL = 6_000;

    private static final String LIST = "id__in";
    private static final String ONE = "id";

    private final HttpUrl collection;
    private final BatchStyle style;

    Chunks(HttpUrl collection, BatchStyle style) {
        this.collection = collection;
        this.style = style;
    }

    List<List<String>> of(List<String> ids, int size) {
        int start = collection.toString().length();
        List<List<String>> chunks = new ArrayList<>();
        List<String> chunk = new ArrayList<>();
        int length = start;
        for (String id : ids) {
            if (style == BatchStyle.COMMA && id.indexOf(',') >= 0) {
                throw new IllegalArgumentException("an id with a comma cannot be asked for with BatchStyle.COMMA");
            }
            // A parameter of its own is never shorter than one more value in a list.
            int more = url(List.of(id)).toString().length() - start;
            if (!chunk.isEmpty() && (chunk.size() == size || length + more > MAX_URL)) {
                chunks.add(chunk);
                chunk = new ArrayList<>();
                length = start;
            }
            chunk.add(id);
            length += style == BatchStyle.COMMA && chunk.size() > 1 ? more - "?id__in=".length() + 3 : more;
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    HttpUrl url(List<String> chunk) {
        HttpUrl.Builder url = collection.newBuilder();
        if (style == BatchStyle.COMMA) {
            return url.addQueryParameter(LIST, String.join(",", chunk)).build();
        }
        chunk.forEach(id -> url.addQueryParameter(ONE, id));
        return url.build();
    }
}
