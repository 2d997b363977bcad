package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** No text, log or exception repeats a secret that was passed on. */
class PropagationSecrecyTest {

    private static final MockResponse DROPPED = new MockResponse.Builder()
            .onResponseStart(new SocketEffect.CloseSocket())
            .build();

    private static final RequestContext CALLER = TestServer.context(
            "traceparent", "00-1", "X-Tenant", "t", "Authorization", "Bearer canary", "Cookie", "s=canary");

    /** What a call leaves behind that somebody may print. */
    private static void run(List<Object> texts, Supplier<?> call) {
        try {
            texts.add(String.valueOf(call.get()));
        } catch (RemoteModelException | IllegalStateException e) {
            texts.add(trace(e));
            if (e instanceof RemoteResponseException answered) {
                texts.add(answered.problem());
            }
        }
    }

    private static String trace(Throwable e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private static List<Supplier<?>> calls(RemoteModel<Book, Long> books) {
        Query query = Query.where("title", "canary").and("nick__in", List.of("canary"));
        return List.of(
                () -> books.filter(query).next().isPresent(),
                () -> books.get(7L).id(),
                () -> books.create(Book.titled("canary", 1)).id(),
                () -> books.update(7L, Book.titled("canary", 1)).id(),
                () -> books.patch(7L, Patch.of("title", "canary")).id(),
                () -> books.delete(7L),
                () -> books.getAll(List.of(7L)).keySet(),
                () -> books.tryGetAll(List.of(7L, 8L)).failed().values().stream()
                        .map(PropagationSecrecyTest::trace)
                        .toList(),
                () -> books.findTagged(7L),
                () -> books.ifMatch("\"canary\"").delete(7L));
    }

    @Test
    void no_message_log_or_text_holds_a_secret() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        List<MockResponse> answers = new ArrayList<>();
        for (int status : new int[] {200, 302, 400, 401, 404, 412, 429, 500, 503}) {
            for (String type : new String[] {"text/html", "application/json", "application/problem+json"}) {
                answers.add(TestServer.status(
                                status,
                                "Content-Type",
                                type,
                                "Location",
                                "/x?q=canary",
                                "Retry-After",
                                "canary",
                                "ETag",
                                "\"canary\"",
                                "Deprecation",
                                "canary",
                                "Sunset",
                                "canary")
                        .newBuilder()
                        .body("{\"type\":\"/canary\",\"title\":\"No\",\"detail\":\"canary\",\"next\":\"/x?canary\","
                                + "\"results\":[{\"price\":\"canary\"}]}")
                        .build());
            }
        }
        // A whole entity, which findTagged can return.
        answers.add(TestServer.status(200, "Content-Type", "application/json", "ETag", "\"canary\"")
                .newBuilder()
                .body("{\"id\":7,\"title\":\"canary\",\"nick\":\"canary\"}")
                .build());
        answers.add(DROPPED);
        List<Object> texts = new ArrayList<>(List.of(
                CALLER,
                Credentials.bearer(() -> "canary"),
                Query.where("title", "canary").and("nick__in", List.of("canary")),
                Patch.of("title", "canary"),
                new Problem("/canary", "No", "canary"),
                new Tagged<>(Book.titled("canary", 1), "\"canary\"")));
        for (MockResponse answer : answers) {
            try (TestServer each = TestServer.answering(answer)) {
                RemoteService service =
                        each.service().credentials(Credentials.inbound()).build();
                RemoteModel<Book, Long> books = service.model("books", Book.class, IdCodec.LONG)
                        .id(Book::id)
                        .build()
                        .in(CALLER);
                texts.add(service);
                texts.add(books);
                calls(books).forEach(call -> run(texts, call));
            }
        }

        assertThat(texts)
                .hasSizeGreaterThan(250)
                .anyMatch(text -> text.toString().contains("Problem[No]"))
                .anyMatch(text -> text.toString().contains("Tagged[Book]"))
                .noneMatch(text -> text.toString().contains("canary"));
        assertNoCanary(logs);
    }

    @Test
    void no_failure_without_an_answer_holds_a_secret() throws IOException {
        ListAppender<ILoggingEvent> logs = capture();
        MockResponse stalled = new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
        List<Object> texts = new ArrayList<>();
        try (TestServer silent = TestServer.answering(stalled);
                TestServer refusing = TestServer.answering(TestServer.status(401))) {
            List<RemoteService.Builder> options = List.of(
                    silent.service()
                            .timeouts(Duration.ofMillis(50), Duration.ofMillis(50))
                            .credentials(Credentials.inbound()),
                    silent.service()
                            .credentials(Credentials.inbound())
                            .listener(new CallListener() {
                                @Override
                                public void callEnded(Call call) {
                                    throw new IllegalStateException("no metrics");
                                }
                            })
                            .transport(next -> call -> {
                                texts.add(call);
                                throw new TimeoutException("the circuit is open");
                            }),
                    refusing.service().credentials(Credentials.bearer(() -> "canary", token -> "canary\n")),
                    refusing.service().credentials(Credentials.bearer(() -> "canary", token -> {
                        throw new IllegalStateException("the token server is away");
                    })));
            for (RemoteService.Builder each : options) {
                int before = texts.size();
                calls(TestServer.books(each).in(CALLER)).forEach(call -> run(texts, call));
                assertThat(texts.size() - before).isGreaterThanOrEqualTo(10);
            }
        }

        assertThat(texts)
                .anyMatch(text -> text.toString().contains("did not answer within"))
                .anyMatch(text -> text.toString().contains("by a transport"))
                .anyMatch(text -> text.toString().contains("check the token supplier"))
                .anyMatch(text -> text.toString().contains("the token server is away"))
                .noneMatch(text -> text.toString().contains("canary"));
        assertThat(logs.list).anyMatch(event -> event.getThrowableProxy() != null);
        assertNoCanary(logs);
    }

    private static void assertNoCanary(ListAppender<ILoggingEvent> logs) {
        assertThat(logs.list).noneMatch(event -> event.getFormattedMessage().contains("canary"));
        assertThat(logs.list)
                .filteredOn(event -> event.getThrowableProxy() != null)
                .extracting(event -> ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .noneMatch(trace -> trace.contains("canary"));
    }

    private static ListAppender<ILoggingEvent> capture() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.dowel");
        logger.setLevel(Level.TRACE);
        logs.start();
        logger.addAppender(logs);
        return logs;
    }
}
