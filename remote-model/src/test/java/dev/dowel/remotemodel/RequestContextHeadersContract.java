package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the filter makes of the headers that a servlet container hands over. */
@Tag("container")
abstract class RequestContextHeadersContract {

    private final List<RequestContext> seen = new CopyOnWriteArrayList<>();
    private ServletServer server;
    private TestServer library;

    abstract ServletServer server() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        library = new TestServer(request -> TestServer.book(7));
        server = server();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        library.close();
    }

    /** Starts a server that makes one call for each request, with the same policy as the filter. */
    private void start(HeaderPolicy policy, RequestContextFilter filter) throws Exception {
        RemoteModel<Book, Long> books =
                TestServer.books(library.service().propagate(policy).credentials(Credentials.inbound()));
        server.filter(filter)
                .servlet((request, response) -> {
                    seen.add(RequestContext.current().orElseThrow());
                    response.getWriter().write(books.get(7L).title());
                })
                .start();
    }

    /** One character of the text is one byte on the wire: 0xEB alone, and 0xEB as UTF-8. */
    @ParameterizedTest
    @ValueSource(strings = {"Zo\u00eb", "Zo\u00c3\u00ab"})
    void a_raw_byte_outside_ascii_is_never_sent_on_and_fails_nobody(String raw) throws Exception {
        HeaderPolicy dropping = HeaderPolicy.tracing().allow("X-Tenant").cookies("city");
        start(dropping, new RequestContextFilter(dropping));

        ServletServer.Answer answer = server.get(
                "/",
                "X-Tenant: " + raw,
                "traceparent: 00-alice",
                "Cookie: city=" + raw,
                "Authorization: Bearer " + raw);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("Book 7");
        assertThat(seen.get(0).droppedHeaders()).isEqualTo(3);
        assertThat(library.requests).singleElement().satisfies(request -> {
            assertThat(request.getHeaders().get("traceparent")).isEqualTo("00-alice");
            assertThat(request.getHeaders().get("X-Tenant")).isNull();
            assertThat(request.getHeaders().get("Cookie")).isNull();
            assertThat(request.getHeaders().get("Authorization")).isNull();
        });
    }

    @ParameterizedTest
    @CsvSource({"Zo\u00eb, Zo%EB", "Zo\u00c3\u00ab, Zo%C3%AB"})
    void a_raw_byte_outside_ascii_is_sent_on_as_that_byte_percent_encoded_where_chosen(String raw, String encoded)
            throws Exception {
        HeaderPolicy encoding = HeaderPolicy.none().allow("X-Tenant").encodingNonAscii();
        start(encoding, new RequestContextFilter(encoding));

        assertThat(server.get("/", "X-Tenant: " + raw).status()).isEqualTo(200);
        assertThat(seen.get(0).droppedHeaders()).isZero();
        assertThat(library.requests.get(0).getHeaders().get("X-Tenant")).isEqualTo(encoded);
    }

    @Test
    void a_request_has_the_time_that_the_filter_or_its_caller_gives_it_whichever_is_less() throws Exception {
        start(
                HeaderPolicy.tracing(),
                RequestContextFilter.builder()
                        .timeLimit(Duration.ofMinutes(5))
                        .deadlineHeader("X-Time-Left")
                        .build());
        server.get("/");
        server.get("/", "X-Time-Left: 60000");
        server.get("/", "X-Time-Left: 600000");
        server.get("/", "X-Time-Left: 0");
        for (String nonsense : List.of("", "-1", "1.5", "soon", "9".repeat(40))) {
            server.get("/", "X-Time-Left: " + nonsense);
        }

        assertThat(seen.get(0).timeLeft().orElseThrow()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(5));
        assertThat(seen.get(1).timeLeft().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
        assertThat(seen.get(2).timeLeft().orElseThrow()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(5));
        assertThat(seen.get(3).timeLeft()).contains(Duration.ZERO);
        assertThat(seen.subList(4, 9))
                .allSatisfy(
                        context -> assertThat(context.timeLeft().orElseThrow()).isGreaterThan(Duration.ofMinutes(2)));
    }

    @Test
    void a_request_has_all_the_time_unless_told_otherwise() throws Exception {
        start(HeaderPolicy.tracing(), new RequestContextFilter());
        server.get("/", "X-Time-Left: 1");

        assertThat(seen.get(0).timeLeft()).isEmpty();
    }
}
