package dev.dowel.benchmarks.contenders;

import com.fasterxml.jackson.databind.ObjectMapper;
import feign.Feign;
import feign.Headers;
import feign.Param;
import feign.Request;
import feign.RequestLine;
import feign.jackson.JacksonDecoder;
import feign.jackson.JacksonEncoder;
import feign.okhttp.OkHttpClient;
import feign.optionals.OptionalDecoder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Feign with its OkHttp client and Jackson. Its timeouts are those of the client: otherwise it would build another client
 * for each call.
 */
final class Feigned implements Contender {

    private final Books books;
    private final OptionalBooks optionalBooks;

    interface Books {
        @RequestLine("GET /api/v1/books/{id}")
        @Headers("Accept: application/json")
        Book get(@Param("id") long id);

        @RequestLine("GET /api/v1/books")
        @Headers("Accept: application/json")
        List<Book> list();

        @RequestLine("POST /api/v1/books")
        @Headers({"Accept: application/json", "Content-Type: application/json"})
        Book create(Book book);
    }

    interface OptionalBooks {
        @RequestLine("GET /api/v1/books/{id}")
        @Headers("Accept: application/json")
        Optional<Book> find(@Param("id") long id);
    }

    Feigned(okhttp3.OkHttpClient client, String base, ObjectMapper mapper) {
        this.books = builder(client, mapper).target(Books.class, base);
        this.optionalBooks = builder(client, mapper)
                .decoder(new OptionalDecoder(new JacksonDecoder(mapper)))
                .dismiss404()
                .target(OptionalBooks.class, base);
    }

    private static Feign.Builder builder(okhttp3.OkHttpClient client, ObjectMapper mapper) {
        return Feign.builder()
                .client(new OkHttpClient(client))
                .options(new Request.Options(
                        client.connectTimeoutMillis(),
                        TimeUnit.MILLISECONDS,
                        client.readTimeoutMillis(),
                        TimeUnit.MILLISECONDS,
                        client.followRedirects()))
                .encoder(new JacksonEncoder(mapper))
                .decoder(new JacksonDecoder(mapper));
    }

    @Override
    public Book get(long id) {
        return books.get(id);
    }

    @Override
    public Optional<Book> find(long id) {
        return optionalBooks.find(id);
    }

    @Override
    public List<Book> list() {
        return books.list();
    }

    @Override
    public Book create(Book book) {
        return books.create(book);
    }
}
