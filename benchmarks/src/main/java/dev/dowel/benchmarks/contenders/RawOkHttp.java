package dev.dowel.benchmarks.contenders;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The nearest thing without a library. */
final class RawOkHttp implements Contender {

    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient client;
    private final String books;
    private final ObjectReader one;
    private final ObjectReader many;
    private final ObjectWriter writer;

    RawOkHttp(OkHttpClient client, String base, ObjectMapper mapper) {
        this.client = client;
        this.books = base + "/api/v1/books";
        this.one = mapper.readerFor(Book.class);
        this.many = mapper.readerFor(new TypeReference<List<Book>>() {});
        this.writer = mapper.writerFor(Book.class);
    }

    @Override
    public Book get(long id) {
        return find(id).orElseThrow(() -> new NoSuchElementException("no book " + id));
    }

    @Override
    public Optional<Book> find(long id) {
        Request request = request(books + "/" + id).build();
        try (Response response = client.newCall(request).execute()) {
            if (response.code() == 404) {
                return Optional.empty();
            }
            return Optional.of(one.readValue(success(response)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Book> list() {
        try (Response response = client.newCall(request(books).build()).execute()) {
            return many.readValue(success(response));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Book create(Book book) {
        try {
            RequestBody body = RequestBody.create(writer.writeValueAsBytes(book), JSON);
            try (Response response =
                    client.newCall(request(books).post(body).build()).execute()) {
                return one.readValue(success(response));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Request.Builder request(String url) {
        return new Request.Builder().url(url).header("Accept", "application/json");
    }

    private static byte[] success(Response response) throws IOException {
        if (!response.isSuccessful()) {
            throw new IOException("status " + response.code());
        }
        return response.body().bytes();
    }
}
