package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

    private TestServer server;
    private TestServer foreign;

    @AfterEach
    void stop() {
        server.close();
        if (foreign != null) {
            foreign.close();
        }
    }

    private RemoteModel<Book, Long> books(int redirects, MockResponse... answers) throws IOException {
        server = TestServer.answering(answers);
        return books(options -> options.followSameOriginRedirects(redirects));
    }

    private RemoteModel<Book, Long> books(UnaryOperator<RemoteService.Builder> options) {
        RemoteService.Builder service = server.service()
                .propagate(HeaderPolicy.tracing().allow("X-Api-Key", "X-Tenant").cookies("sessionid"))
                .credentials(Credentials.inbound());
        return TestServer.books(options.apply(service));
    }

    /** Everything that clients have been seen to send to the place a redirect led to. */
    private static RequestContext secrets() {
        return RequestContext.of(
                java.util.Map.of(
                        "Authorization", List.of("Bearer canary"),
                        "Cookie", List.of("sessionid=canary"),
                        "X-Api-Key", List.of("canary"),
                        "X-Tenant", List.of("canary"),
                        "Proxy-Authorization", List.of("canary")),
                HeaderPolicy.tracing().allow("X-Api-Key", "X-Tenant").cookies("sessionid"));
    }

    private static MockResponse to(int status, String location) {
        return TestServer.status(status, "Location", location);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_get_is_followed_within_the_service_with_all_its_headers(int status) throws IOException {
        RemoteModel<Book, Long> books = books(1, to(status, "/api/v1/books/7/?full=1#x"), TestServer.book(7));

        assertThat(books.in(secrets()).get(7L).id()).isEqualTo(7);
        assertThat(server.requests)
                .extracting(RecordedRequest::getTarget)
                .containsExactly("/api/v1/books/7", "/api/v1/books/7/?full=1");
        assertThat(server.requests).allSatisfy(request -> {
            assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer canary");
            assertThat(request.getHeaders().get("Cookie")).isEqualTo("sessionid=canary");
            assertThat(request.getHeaders().get("X-Api-Key")).isEqualTo("canary");
            assertThat(request.getHeaders().get("Proxy-Authorization")).isNull();
        });
    }

    @Test
    void lists_are_followed_too() throws IOException {
        RemoteModel<Book, Long> books =
                books(2, to(301, "books/"), to(301, "?page=1"), TestServer.json(200, "[{\"id\":1}]"));

        assertThat(books.in(secrets()).filter(Query.all()).items()).hasSize(1);
        assertThat(server.requests)
                .extracting(RecordedRequest::getTarget)
                .containsExactly("/api/v1/books", "/api/v1/books/", "/api/v1/books/?page=1");
    }

    @Test
    void by_default_none_is_followed() throws IOException {
        server = TestServer.answering(to(302, "/api/v1/books/8"), TestServer.book(8));
        RemoteModel<Book, Long> books = books(UnaryOperator.identity());

        assertThatThrownBy(() -> books.in(secrets()).get(7L))
                .isInstanceOf(RemoteResponseException.UnexpectedRedirect.class);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void no_more_are_followed_than_allowed() throws IOException {
        RemoteModel<Book, Long> books = books(3, to(302, "/api/v1/books/8"));

        assertThatThrownBy(() -> books.in(secrets()).get(7L))
                .isInstanceOf(RemoteResponseException.UnexpectedRedirect.class);
        assertThat(server.requests).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void another_port_is_never_contacted_so_no_header_is_sent_there(int status) throws IOException {
        foreign = TestServer.answering(TestServer.book(7));
        RemoteModel<Book, Long> books = books(10, to(status, foreign.base() + "/api/v1/books/7"));

        assertThatThrownBy(() -> books.in(secrets()).get(7L))
                .isInstanceOf(RemoteResponseException.UnexpectedRedirect.class)
                .hasMessageContaining(foreign.base() + "/api/v1/books/7")
                .message()
                .doesNotContain("canary");
        assertThat(foreign.requests).isEmpty();
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://SAME/api/v1/books/7",
                "http://other.invalid/api/v1/books/7",
                "//other.invalid/api/v1/books/7",
                "http://user:pw@SAME/api/v1/books/7",
                "ftp://SAME/api/v1/books/7",
                "/",
                "/api/v1",
                "/api/v10/books/7",
                "/api/v2/books/7",
                "/admin",
                "/api/v1/../../admin",
                "/api/v1/%2e%2e/%2e%2e/admin",
                "/api/v1/..%2F..%2Fadmin",
                "/api/v1/books/..%5cadmin",
                "/api/v1/books/..;/..;/..;/admin",
                "/api/v1/%252e%252e/admin",
                "/gateway/api/v1/books/7",
                ""
            })
    void a_place_outside_the_service_is_not_asked(String location) throws IOException {
        server = new TestServer(request -> request.getTarget().equals("/api/v1/books/7")
                ? to(302, location.replace("SAME", server.base().getAuthority()))
                : TestServer.book(7));
        RemoteModel<Book, Long> books = books(options -> options.followSameOriginRedirects(3));

        assertThatThrownBy(() -> books.in(secrets()).get(7L))
                .isInstanceOf(RemoteResponseException.UnexpectedRedirect.class);
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 305, 306})
    void other_statuses_are_no_redirects(int status) throws IOException {
        RemoteModel<Book, Long> books = books(3, to(status, "/api/v1/books/8"));

        assertThatThrownBy(() -> books.in(secrets()).get(7L)).isInstanceOf(RemoteResponseException.class);
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_write_is_never_followed(int status) throws IOException {
        RemoteModel<Book, Long> books = books(3, to(status, "/api/v1/books/8")).in(secrets());

        assertThatThrownBy(() -> books.create(Book.titled("x", 1))).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.update(7L, Book.titled("x", 1))).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.patch(7L, Patch.of("price", 1))).isInstanceOf(RemoteResponseException.class);
        assertThatThrownBy(() -> books.delete(7L)).isInstanceOf(RemoteResponseException.class);
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void a_followed_redirect_is_cached_under_what_was_asked() throws IOException {
        RemoteModel<Book, Long> books =
                books(1, to(302, "/api/v1/books/8"), TestServer.book(8)).in(secrets());
        books.get(7L);
        books.get(7L);

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void the_number_is_0_to_10() throws IOException {
        server = TestServer.answering(TestServer.book(7));

        assertThatThrownBy(() -> books(options -> options.followSameOriginRedirects(-1)))
                .hasMessageContaining("0 to 10");
        assertThatThrownBy(() -> books(options -> options.followSameOriginRedirects(11)))
                .hasMessageContaining("0 to 10");
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000, 100_000})
    void a_location_of_escapes_of_escapes_is_neither_followed_nor_shown_whole(int escapes) throws IOException {
        RemoteModel<Book, Long> books = books(1, to(302, "/api/v1/%" + "25".repeat(escapes)));

        assertThatThrownBy(() -> books.in(secrets()).get(7L))
                .isInstanceOf(RemoteResponseException.UnexpectedRedirect.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2_000));
        assertThat(server.requests).hasSize(1);
    }
}
