package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over https never goes on in the clear, even where only the scheme differs and the port is the same. */
class HttpsTest {

    private static final HttpUrl ROOT = HttpUrl.get("https://library.invalid/");
    private static final HttpUrl BOOK = HttpUrl.get("https://library.invalid/api/v1/books/7");

    private static Caller caller() {
        return Caller.of(
                RemoteService.builder("library", URI.create(ROOT.toString()))
                        .credentials(Credentials.bearer(() -> "canary"))
                        .build(),
                View.PLAIN);
    }

    private static Optional<HttpUrl> redirectedTo(String location) {
        Ask ask = Ask.get(new EntityScope("library", "books"), Operation.GET, BOOK, caller());
        return new Redirects(1, ROOT).target(ask, new Answer(302, Headers.of("Location", location), "", new byte[0]));
    }

    @Test
    void a_redirect_from_https_to_http_is_not_followed() {
        assertThat(redirectedTo("https://library.invalid/api/v1/books/8"))
                .contains(HttpUrl.get("https://library.invalid/api/v1/books/8"));
        assertThat(redirectedTo("http://library.invalid/api/v1/books/8")).isEmpty();
        assertThat(redirectedTo("http://library.invalid:443/api/v1/books/8")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://library.invalid/api/v1/books?page=2",
                "http://library.invalid:443/api/v1/books?page=2",
                "http://library.invalid:8000/api/v1/books/?page=2"
            })
    void a_link_over_http_to_the_next_page_is_asked_over_https(String link) {
        EntityUrls urls = EntityUrls.of(ROOT, List.of("api", "v1", "books"), false);

        assertThat(urls.rebase(link)).contains(HttpUrl.get("https://library.invalid/api/v1/books?page=2"));
    }

    @Test
    void an_interceptor_cannot_turn_https_into_http() {
        Request request = new Request.Builder()
                .url(BOOK)
                .tag(Wire.class, new Wire(caller(), ROOT))
                .build();

        assertThatThrownBy(() -> send(request, BOOK)).hasMessage("sent with Bearer canary");
        assertThatThrownBy(() ->
                        send(request, BOOK.newBuilder().scheme("http").port(443).build()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another origin");
    }

    /** Through an interceptor of the user's that puts in the URL, as far as ours lets it. */
    private static void send(Request request, HttpUrl turnedTo) throws IOException {
        new OkHttpClient.Builder()
                .addInterceptor(chain ->
                        chain.proceed(chain.request().newBuilder().url(turnedTo).build()))
                .addInterceptor(Wire::address)
                .addInterceptor(chain -> {
                    throw new IOException("sent with " + chain.request().header("Authorization"));
                })
                .build()
                .newCall(request)
                .execute()
                .close();
    }
}
