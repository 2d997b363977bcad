package dev.dowel.benchmarks.server;

import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Answers at once with a stored body, so that what is left is the cost of the library. */
public final class Canned implements Interceptor {

    /** Where the books are said to be; nothing is ever looked up. */
    public static final String BASE = "http://books.internal";

    private static final MediaType JSON = MediaType.get("application/json");

    private final int status;
    private final String message;
    private final byte[] body;

    private Canned(int status, String message, byte[] body) {
        this.status = status;
        this.message = message;
        this.body = body;
    }

    /** Returns a client to which every request is answered with the book 42. */
    public static OkHttpClient found() {
        return client(new Canned(200, "OK", Bodies.book(42)));
    }

    /**
     * Returns a client to which every request is answered with a 404 without a body: some contenders would not read it, and a
     * body from memory that is not read costs a buffer that one from a connection does not.
     */
    public static OkHttpClient notFound() {
        return client(new Canned(404, "Not Found", new byte[0]));
    }

    private static OkHttpClient client(Canned canned) {
        return new OkHttpClient.Builder().addInterceptor(canned).build();
    }

    @Override
    public Response intercept(Chain chain) {
        return new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message(message)
                .header("Content-Type", "application/json")
                .body(ResponseBody.create(body, JSON))
                .build();
    }
}
