package dev.dowel.remotemodel;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** A body OkHttp never sends twice on its own; only {@link RetryRules} decide that. */
final class OneShotBody extends RequestBody {

    private final Ask.Payload payload;

    OneShotBody(Ask.Payload payload) {
        this.payload = payload;
    }

    @Override
    public MediaType contentType() {
        return MediaType.get(payload.mediaType());
    }

    @Override
    public long contentLength() {
        return payload.bytes().length;
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        sink.write(payload.bytes());
    }
}
