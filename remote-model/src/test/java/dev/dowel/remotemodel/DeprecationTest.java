package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class DeprecationTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final CallListenerTest.Heard heard = new CallListenerTest.Heard();
    private final ListAppender<ILoggingEvent> logs = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RemoteModel.class);
    private Instant now = START;
    private TestServer server;

    @BeforeEach
    void listen() {
        logs.start();
        logger.addAppender(logs);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(logs);
        server.close();
    }

    private RemoteModel<Book, Long> books(Function<RecordedRequest, MockResponse> answers) throws IOException {
        server = new TestServer(answers);
        return TestServer.books(service());
    }

    private RemoteService.Builder service() {
        return server.service().listener(heard).timing(new Timing(System::nanoTime, () -> now, () -> 0.5, pause -> {}));
    }

    private static MockResponse with(String name, String value) {
        return TestServer.book(7).newBuilder().addHeader(name, value).build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@1688169599|2023-06-30T23:59:59Z",
                "@1688169599;x=1|2023-06-30T23:59:59Z",
                "@4102444800|2100-01-01T00:00:00Z",
                "@-1|1969-12-31T23:59:59Z",
                "@999999999999999|+31690708-07-05T01:46:39Z",
                "Fri, 30 Jun 2023 23:59:59 GMT|2023-06-30T23:59:59Z",
                "true|",
                "?1|"
            })
    void all_forms_of_the_header_are_understood(String value, Instant since) throws IOException {
        books(request -> with("Deprecation", value)).get(7L);

        assertThat(heard.deprecations)
                .containsExactly(new CallListener.Deprecation(
                        "library",
                        "books",
                        Operation.GET,
                        Optional.ofNullable(since),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(logs.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).contains("books", "library", "is deprecated");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "<https://example.org/v1-ends>; rel=\"deprecation\"|https://example.org/v1-ends",
                "<https://a.example/next>; rel=next, <https://b.example/x#y>; rel=\"help Sunset\"|https://b.example/x#y",
                "<https://example.org/?token=canary>; rel=deprecation|none",
                "<https://user:canary@example.org/>; rel=deprecation|none",
                "<javascript:alert(1)>; rel=deprecation|none",
                "</relative>; rel=deprecation|none",
                "<https://example.org/>; rel=other|none"
            })
    void where_the_provider_says_more_is_told_when_it_is_a_plain_url(String link, String expected) throws IOException {
        books(request -> with("Deprecation", "@1688169599")
                        .newBuilder()
                        .addHeader("Link", link)
                        .build())
                .get(7L);

        assertThat(heard.deprecations)
                .singleElement()
                .satisfies(noticed -> assertThat(noticed.documentation()).isEqualTo(Optional.ofNullable(expected)));
        assertThat(logs.list).noneMatch(event -> event.getFormattedMessage().contains("example.org"));
    }

    @Test
    void a_sunset_is_noticed_with_and_without_deprecation() throws IOException {
        Instant end = Instant.parse("2029-11-11T23:59:59Z");
        books(request -> with("Sunset", "Sun, 11 Nov 2029 23:59:59 GMT")).get(7L);
        server.close();
        books(request -> with("Sunset", "Sun, 11 Nov 2029 23:59:59 GMT")
                        .newBuilder()
                        .addHeader("Deprecation", "@1688169599")
                        .build())
                .get(7L);

        assertThat(heard.deprecations)
                .extracting(CallListener.Deprecation::sunset)
                .containsExactly(Optional.of(end), Optional.of(end));
        assertThat(logs.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "books of service library stops answering at 2029-11-11T23:59:59Z;"
                                + " see what its provider offers instead",
                        "books of service library is deprecated from 2023-06-30T23:59:59Z and stops answering at"
                                + " 2029-11-11T23:59:59Z; see what its provider offers instead");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "canary",
                "@",
                "@x",
                "@1234567890123456",
                "@1.5",
                "1688169599",
                "false",
                "?0",
                "30 Jun",
                "version=\"v1\""
            })
    void a_value_that_cannot_be_read_is_ignored(String value) throws IOException {
        assertThat(books(request -> with("Deprecation", value)).get(7L).id()).isEqualTo(7);
        server.close();
        assertThat(books(request -> with("Sunset", value)).get(7L).id()).isEqualTo(7);

        assertThat(heard.deprecations).isEmpty();
        assertThat(logs.list).isEmpty();
    }

    @Test
    void errors_carry_it_as_well() throws IOException {
        RemoteModel<Book, Long> books = books(request -> TestServer.status(404, "Deprecation", "true"));

        assertThat(books.find(7L)).isEmpty();
        assertThat(heard.deprecations).hasSize(1);
    }

    @Test
    void every_answer_is_told_to_the_listener_but_logged_once_a_day() throws IOException {
        RemoteModel<Book, Long> books = books(request -> with("Deprecation", "@1688169599"));
        books.get(7L);
        books.get(7L);
        now = START.plus(Duration.ofHours(23));
        books.get(7L);
        assertThat(logs.list).hasSize(1);
        now = START.plus(Duration.ofHours(24));
        books.get(7L);
        books.get(7L);

        assertThat(logs.list).hasSize(2);
        assertThat(heard.deprecations).hasSize(5);
    }

    @Test
    void each_entity_and_each_value_is_logged_for_itself() throws IOException {
        String[] value = {"@1"};
        RemoteModel<Book, Long> books = books(request -> with("Deprecation", value[0]));
        RemoteModel<Book, Long> others =
                service().build().model("others", Book.class, IdCodec.LONG).build();
        books.get(7L);
        others.get(7L);
        value[0] = "@2";
        books.get(7L);
        books.get(7L);

        assertThat(logs.list).hasSize(3);
    }

    @Test
    void a_provider_that_varies_the_value_fills_neither_the_log_nor_the_memory() throws IOException {
        int[] number = {0};
        RemoteModel<Book, Long> books = books(request -> with("Deprecation", "@" + ++number[0]));
        for (int i = 0; i < 200; i++) {
            books.get(7L);
        }
        assertThat(logs.list).hasSize(Deprecations.MAX_VALUES);
        now = START.plus(Duration.ofDays(1));
        for (int i = 0; i < 200; i++) {
            books.get(7L);
        }

        assertThat(logs.list).hasSize(2 * Deprecations.MAX_VALUES);
        assertThat(heard.deprecations).hasSize(400);
    }

    @Test
    void reading_from_what_the_request_has_read_is_not_told_again() throws IOException {
        RemoteModel<Book, Long> books =
                books(request -> with("Deprecation", "true")).in(TestServer.context());
        books.get(7L);
        books.get(7L);

        assertThat(heard.deprecations).hasSize(1);
    }
}
