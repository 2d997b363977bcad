package dev.dowel.benchmarks.contenders;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import okhttp3.OkHttpClient;
import retrofit2.Call;
import retrofit2.HttpException;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.converter.jackson.JacksonConverterFactory;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.Headers;
import retrofit2.http.POST;
import retrofit2.http.Path;

/** Retrofit with its Jackson converter. */
final class Retrofitted implements Contender {

    private final Books books;

    interface Books {
        @Headers("Accept: application/json")
        @GET("api/v1/books/{id}")
        Call<Book> get(@Path("id") long id);

        @Headers("Accept: application/json")
        @GET("api/v1/books")
        Call<List<Book>> list();

        @Headers("Accept: application/json")
        @POST("api/v1/books")
        Call<Book> create(@Body Book book);
    }

    Retrofitted(OkHttpClient client, String base, ObjectMapper mapper) {
        this.books = new Retrofit.Builder()
                .client(client)
                .baseUrl(base + "/")
                .addConverterFactory(JacksonConverterFactory.create(mapper))
                .build()
                .create(Books.class);
    }

    @Override
    public Book get(long id) {
        return body(execute(books.get(id)));
    }

    @Override
    public Optional<Book> find(long id) {
        Response<Book> response = execute(books.get(id));
        return response.code() == 404 ? Optional.empty() : Optional.of(body(response));
    }

    @Override
    public List<Book> list() {
        return body(execute(books.list()));
    }

    @Override
    public Book create(Book book) {
        return body(execute(books.create(book)));
    }

    private static <V> Response<V> execute(Call<V> call) {
        try {
            return call.execute();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Retrofit gives the response; what its own adapters throw for a failure is the exception used here. */
    private static <V> V body(Response<V> response) {
        if (!response.isSuccessful()) {
            throw new HttpException(response);
        }
        return Objects.requireNonNull(response.body(), "body");
    }
}
