package dev.dowel.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.dowel.remotemodel.HeaderPolicy;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.RemoteModel;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.RequestContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a get costs when the network costs nothing: an interceptor answers with a stored body of about 380 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(3)
public class RemoteModelGet {
    private static final byte[] BODY = ("{\"id\":42,\"title\":\"" + "A title of some length. ".repeat(5)
                    + "\",\"author\":\"" + "An author, and another one. ".repeat(5)
                    + "\",\"pages\":321,\"price\":19.95,\"available\":true}")
            .getBytes(StandardCharsets.UTF_8);
    private static final HeaderPolicy POLICY = HeaderPolicy.tracing();
    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient client =
            new OkHttpClient.Builder().addInterceptor(new Canned()).build();
    private final ObjectReader reader = new ObjectMapper().readerFor(Book.class);
    private final RemoteService service = RemoteService.builder("books", URI.create("http://books.internal"))
            .okHttpClient(client)
            .warnAfterGets(Integer.MAX_VALUE)
            .build();
    private final RemoteModel<Book, Long> books =
            service.model("books", Book.class, IdCodec.LONG).id(Book::id).build();
    private final Map<String, List<String>> headers = Map.of("traceparent", List.of("00-1-2-01"));
    private final RequestContext warm = RequestContext.of(headers, POLICY);

    /** What is read. */
    public record Book(long id, String title, String author, int pages, double price, boolean available) {}

    private static final class Canned implements Interceptor {
        @Override
        public Response intercept(Chain chain) {
            return new Response.Builder()
                    .request(chain.request())
                    .protocol(Protocol.HTTP_1_1)
                    .code(200)
                    .message("OK")
                    .header("Content-Type", "application/json")
                    .body(ResponseBody.create(BODY, JSON))
                    .build();
        }
    }

    /** Fills the cache that the hit reads. */
    @Setup
    public void fill() {
        books.in(warm).get(42L);
    }

    /** Ends what was opened. */
    @TearDown
    public void end() {
        warm.close();
        service.close();
    }

    /** The nearest thing without a library. */
    @Benchmark
    public Book raw_okhttp_and_jackson() throws IOException {
        Request request = new Request.Builder()
                .url("http://books.internal/api/v1/books/42")
                .header("Accept", "application/json")
                .build();
        try (Response response = client.newCall(request).execute()) {
            return reader.readValue(response.body().bytes());
        }
    }

    /** Outside any request. */
    @Benchmark
    public Book remote_model_no_context() {
        return books.get(42L);
    }

    /** The first get of an id in a request. */
    @Benchmark
    public Book remote_model_miss() {
        try (RequestContext context = RequestContext.of(headers, POLICY)) {
            return books.in(context).get(42L);
        }
    }

    /** Every further get of the id in the request. */
    @Benchmark
    public Book remote_model_hit() {
        return books.in(warm).get(42L);
    }
}
