package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedIdTest {

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.answering(TestServer.json(200, "{\"title\":\"x\"}"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The ids that clients are known to send somewhere else; what each policy makes of them, "-" for refused. */
    static Stream<Arguments> dangerous() {
        return Stream.of(
                Arguments.of("..", "-", "-"),
                Arguments.of(".", "-", "-"),
                Arguments.of("", "-", "-"),
                Arguments.of("../users", "-", "-"),
                Arguments.of("..%2Fusers", "-", "-"),
                Arguments.of("%2e%2e", "-", "-"),
                Arguments.of("a/b", "-", "a%2Fb"),
                Arguments.of("a;x=1", "-", "a%3Bx=1"),
                Arguments.of("a\\b", "-", "-"));
    }

    @ParameterizedTest
    @MethodSource("dangerous")
    void a_dangerous_id_is_refused_or_arrives_as_one_segment(String id, String strict, String encoded) {
        for (boolean slash : new boolean[] {false, true}) {
            check(id, IdPolicy.STRICT, strict, slash);
            check(id, IdPolicy.ENCODED, encoded, slash);
        }
    }

    private void check(String id, IdPolicy policy, String expected, boolean slash) {
        RemoteModel<Book, String> books = Fixtures.texts(server.service().trailingSlash(slash), policy);
        server.requests.clear();
        List<Runnable> calls = List.of(
                () -> books.find(id),
                () -> books.delete(id),
                () -> books.update(id, Book.titled("x", 1)),
                () -> books.patch(id, Patch.of("price", 1)));
        for (Runnable call : calls) {
            if (expected.equals("-")) {
                assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
            } else {
                call.run();
            }
        }

        assertThat(server.requests).hasSize(expected.equals("-") ? 0 : calls.size());
        assertThat(server.requests)
                .extracting(RecordedRequest::getTarget)
                .allMatch(target -> target.equals("/api/v1/books/" + expected + (slash ? "/" : "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                ";",
                ";x",
                "/;x/",
                "a/..",
                "a/./b",
                "..;/a",
                "..;x=1",
                ".;",
                "%2E.",
                "%252e%252e",
                "%25252e%25252e",
                "a%2f..",
                "a%2F%2E%2E%2Fb",
                "%2f",
                "%252F",
                "%3b",
                "a%5Cb",
                "a%255cb",
                "a%00",
                "a%250a",
                "a\nb",
                "a\u0085b",
                "\ud800",
                "a\udc00b"
            })
    void what_a_server_could_decode_to_another_path_is_refused_by_both(String id) {
        for (IdPolicy policy : IdPolicy.values()) {
            RemoteModel<Book, String> books = Fixtures.texts(server, policy);
            assertThatThrownBy(() -> books.delete(id)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> books.getAll(List.of(id))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> fake(policy).find(id)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(server.requests).isEmpty();
    }

    private static Repository<Book, String> fake(IdPolicy policy) {
        return InMemoryRepository.builder(Book.class, IdCodec.STRING, Book::title)
                .idPolicy(policy)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "100%,100%25",
        "a%2Fb,a%252Fb",
        "50%;a/b,50%25%3Ba%2Fb",
        "https://x/y?z,https:%2F%2Fx%2Fy%3Fz",
        "a/...,a%2F...",
        "é/ü,%C3%A9%2F%C3%BC"
    })
    void slashes_percents_and_semicolons_are_sent_encoded(String id, String segment) {
        Fixtures.texts(server, IdPolicy.ENCODED).find(id);

        assertThat(server.requests.get(0).getTarget()).isEqualTo("/api/v1/books/" + segment);
    }

    @Test
    void a_refused_id_is_not_repeated() {
        assertThatThrownBy(() -> Fixtures.texts(server, IdPolicy.ENCODED).find("../canary"))
                .message()
                .doesNotContain("canary");
    }

    @Test
    void get_all_location_and_the_fake_admit_the_same() throws IOException {
        String id = "a/b;c=1%";
        server.close();
        server = new TestServer(request -> switch (request.getMethod()) {
            case "POST" -> TestServer.status(201, "Location", "/api/v1/books/a%2Fb%3Bc=1%25");
            default ->
                TestServer.json(
                        200,
                        request.getUrl().querySize() > 0
                                ? "[{\"title\":\"" + request.getUrl().queryParameter("id__in") + "\"}]"
                                : "{\"title\":\""
                                        + request.getUrl().pathSegments().get(3) + "\"}");
        });
        RemoteModel<Book, String> books =
                Fixtures.texts(server, IdPolicy.ENCODED).in(TestServer.context());

        assertThat(books.getAll(List.of(id)).keySet()).containsExactly(id);
        assertThat(books.get(id).title()).isEqualTo(id);
        assertThat(server.requests).hasSize(1);
        assertThat(books.create(Book.titled(id, 1)).title()).isEqualTo(id);
        assertThat(server.requests.get(2).getTarget()).isEqualTo("/api/v1/books/a%2Fb%3Bc=1%25");
        RemoteModel<Book, String> strict = Fixtures.texts(server, IdPolicy.STRICT);
        assertThatThrownBy(() -> strict.create(Book.titled(id, 1))).isInstanceOf(RemoteDecodeException.class);

        Repository<Book, String> fake = fake(IdPolicy.ENCODED);
        fake.create(Book.titled(id, 1));
        assertThat(fake.get(id).title()).isEqualTo(id);
        assertThat(fake.getAll(List.of(id))).hasSize(1);
        assertThatThrownBy(() -> fake(IdPolicy.STRICT).create(Book.titled(id, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(IdPolicy.class)
    void any_id_is_refused_before_anything_is_sent_or_arrives_as_itself(IdPolicy policy) {
        Random random = new Random(42);
        Map<Boolean, RemoteModel<Book, String>> models = Map.of(
                false, Fixtures.texts(server.service(), policy),
                true, Fixtures.texts(server.service().trailingSlash(true), policy));
        int arrived = 0;
        for (int i = 0; i < 1_500; i++) {
            String id = randomId(random);
            boolean slash = random.nextBoolean();
            server.requests.clear();
            try {
                models.get(slash).find(id);
            } catch (IllegalArgumentException refused) {
                assertThat(server.requests).isEmpty();
                continue;
            }
            arrived++;
            List<String> segments = new ArrayList<>(
                    List.of(server.requests.get(0).getTarget().substring(1).split("/", -1)));
            if (slash) {
                assertThat(segments.remove(segments.size() - 1)).isEmpty();
            }
            assertThat(segments).hasSize(4).startsWith("api", "v1", "books");
            assertThat(segments.get(3)).doesNotContain(";", "?", "#", "\\");
            assertThat(decoded(segments.get(3))).isEqualTo(id);
            assertThat(slash).isEqualTo(server.requests.get(0).getTarget().endsWith("/"));
        }
        assertThat(arrived).isBetween(200, 1_450);
    }

    private static String randomId(Random random) {
        StringBuilder id = new StringBuilder();
        for (int length = random.nextInt(6); length >= 0; length--) {
            switch (random.nextInt(8)) {
                case 0 -> id.append("/\\%;.?#&+= @:,'\"<>[]{}|^`~!$()*".charAt(random.nextInt(31)));
                case 1 ->
                    id.append("%"
                            + "2f2e5c3b00250aff7e"
                                    .substring(random.nextInt(9) * 2)
                                    .substring(0, 2));
                case 2 -> id.appendCodePoint(random.nextInt(0x300));
                case 3 -> id.appendCodePoint(random.nextInt(0x110000));
                default -> id.append((char) ('a' + random.nextInt(26)));
            }
        }
        return id.toString();
    }

    /** Not with the library that encoded it. */
    private static String decoded(String segment) {
        Buffer bytes = new Buffer();
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                bytes.writeByte(Integer.parseInt(segment.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                assertThat(c).isBetween('!', '~');
                bytes.writeByte(c);
            }
        }
        return bytes.readString(StandardCharsets.UTF_8);
    }

    @Test
    void a_url_that_is_not_what_was_meant_is_noticed_after_building() {
        EntityUrls urls = EntityUrls.of(HttpUrl.get("https://h/base"), List.of("api", "v1", "books"), false);

        for (String unchecked : List.of("..", ".", "%2e%2e", "\ud800")) {
            if (unchecked.equals("%2e%2e")) {
                assertThat(urls.item(unchecked).encodedPath()).isEqualTo("/base/api/v1/books/%252e%252e");
            } else {
                assertThatThrownBy(() -> urls.item(unchecked)).isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(urls.item("a;b/c").encodedPath()).isEqualTo("/base/api/v1/books/a%3Bb%2Fc");
    }
}
