package dev.dowel.remotemodel;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Travels with one attempt through OkHttp as its tag: who calls, where it may go, and whether anything was sent. */
final class Wire {

    private final Caller caller;
    private final HttpUrl origin;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private volatile String retryAfter = "";

    Wire(Caller caller, HttpUrl origin) {
        this.caller = caller;
        this.origin = origin;
    }

    private enum State {
        NEW,
        /** It had a connection, so the other side may have got it. */
        SENT,
        /** Its outcome has been told; whoever still carries it must drop it. */
        OVER
    }

    /** Ends the attempt if it was not sent yet, and tells whether it was: what is said to be not sent never is, later. */
    boolean endedAsSent() {
        return !state.compareAndSet(State.NEW, State.OVER) && state.get() == State.SENT;
    }

    String retryAfter(Response response) {
        String direct = response.header("Retry-After");
        return direct == null ? retryAfter : direct;
    }

    private static Wire of(Request request) throws IOException {
        @Nullable Wire wire = request.tag(Wire.class);
        if (wire == null) {
            throw new IOException("an interceptor removed the tag of the request");
        }
        return wire;
    }

    /** The last application interceptor: credentials and headers go on here, and to the service's own origin only. */
    static Response address(Interceptor.Chain chain) throws IOException {
        Request request = chain.request();
        Wire wire = of(request);
        HttpUrl url = request.url();
        if (!url.scheme().equals(wire.origin.scheme())
                || !url.host().equals(wire.origin.host())
                || url.port() != wire.origin.port()) {
            throw new IOException("an interceptor turned the request to another origin");
        }
        @Nullable RequestBody body = request.body();
        if (body != null && body.isOneShot() && wire.state.get() == State.SENT) {
            throw new IOException("an interceptor tried to send a body twice");
        }
        Request.Builder addressed = request.newBuilder();
        wire.caller.headers().forEach((name, values) -> {
            addressed.removeHeader(name);
            values.forEach(value -> addressed.addHeader(name, value));
        });
        if (!wire.caller.cookies().isEmpty()) {
            addressed.header("Cookie", wire.caller.cookies());
        }
        if (!wire.caller.authorization().isEmpty()) {
            addressed.header("Authorization", wire.caller.authorization());
        }
        return chain.proceed(addressed.build());
    }

    /**
     * The network interceptor: notes that a connection is there, and takes Retry-After away, because OkHttp repeats a request
     * on its own when it is 0.
     */
    static Response observe(Interceptor.Chain chain) throws IOException {
        Wire wire = of(chain.request());
        if (!wire.state.compareAndSet(State.NEW, State.SENT) && wire.state.get() == State.OVER) {
            throw new IOException("the attempt was given up before it was sent");
        }
        Response response = chain.proceed(chain.request());
        String value = response.header("Retry-After");
        if (value == null) {
            return response;
        }
        wire.retryAfter = value;
        return response.newBuilder().removeHeader("Retry-After").build();
    }
}
