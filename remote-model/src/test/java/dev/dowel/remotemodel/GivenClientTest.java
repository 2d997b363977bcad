package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.Cache;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An OkHttp client that is given carries nothing anywhere by itself. */
class GivenClientTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();

    private TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private RemoteService.Builder options() throws IOException {
        server = TestServer.answering(TestServer.book(7));
        return server.service();
    }

    @Test
    void a_client_with_a_cache_is_refused() throws IOException {
        OkHttpClient client = new OkHttpClient.Builder()
                .cache(new Cache(java.nio.file.Path.of("target", "cache").toFile(), 1_000))
                .build();
        RemoteService.Builder options = options();

        assertThatThrownBy(() -> options.okHttpClient(client)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A client that does all that must not be done on behalf of others, and notes what it is asked. */
    private static OkHttpClient eager(List<String> asked) {
        return new OkHttpClient.Builder()
                .cookieJar(new CookieJar() {
                    @Override
                    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
                        asked.add("save cookies");
                    }

                    @Override
                    public List<Cookie> loadForRequest(HttpUrl url) {
                        asked.add("load cookies");
                        return List.of(new Cookie.Builder()
                                .domain(url.host())
                                .name("a")
                                .value("b")
                                .build());
                    }
                })
                .followRedirects(true)
                .followSslRedirects(true)
                .retryOnConnectionFailure(true)
                .authenticator((route, response) -> {
                    asked.add("authenticate");
                    return response.request()
                            .newBuilder()
                            .header("Authorization", "Basic x")
                            .build();
                })
                .build();
    }

    @Test
    void a_client_that_is_given_keeps_and_sends_no_cookies() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        server = TestServer.answering(
                TestServer.book(7).newBuilder().addHeader("Set-Cookie", "a=b").build());
        RemoteModel<Book, Long> books = TestServer.books(server.service().okHttpClient(eager(asked)));
        books.get(7L);
        books.get(7L);

        assertThat(server.requests)
                .hasSize(2)
                .allMatch(request -> request.getHeaders().get("Cookie") == null);
        assertThat(asked).isEmpty();
    }

    @Test
    void a_client_that_is_given_follows_no_redirect_to_another_server() throws IOException {
        try (TestServer foreign = TestServer.answering(TestServer.book(7))) {
            server = TestServer.answering(TestServer.status(302, "Location", foreign.base() + "/api/v1/books/7"));
            RemoteModel<Book, Long> books =
                    TestServer.books(server.service().okHttpClient(eager(new CopyOnWriteArrayList<>())));

            assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.UnexpectedRedirect.class);
            assertThat(server.requests).hasSize(1);
            assertThat(foreign.requests).isEmpty();
        }
    }

    @Test
    void a_client_that_is_given_answers_no_challenge() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        server = TestServer.answering(TestServer.status(401, "WWW-Authenticate", "Basic realm=x"));
        RemoteModel<Book, Long> books = TestServer.books(server.service().okHttpClient(eager(asked)));

        assertThatThrownBy(() -> books.get(7L)).isInstanceOf(RemoteResponseException.Unauthorized.class);
        assertThat(server.requests).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void a_client_that_is_given_sends_nothing_twice() throws IOException {
        server = TestServer.answering(TestServer.book(7), DROPPED, TestServer.book(7), DROPPED);
        RemoteModel<Book, Long> books = TestServer.books(server.service()
                .okHttpClient(eager(new CopyOnWriteArrayList<>()))
                .retry(RetryPolicy.none()));
        // On a connection that is kept, where OkHttp would try again.
        books.get(7L);
        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RemoteCallException.class);
        books.get(7L);
        assertThatThrownBy(() -> books.delete(7L)).isInstanceOf(RemoteCallException.class);

        assertThat(server.requests)
                .extracting(request -> request.getMethod())
                .containsExactly("GET", "POST", "GET", "DELETE");
    }
}
