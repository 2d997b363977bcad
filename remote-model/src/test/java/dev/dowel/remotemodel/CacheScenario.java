package dev.dowel.remotemodel;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;

/** A server of any entity whose first answer can be held back, and the threads that ask it. */
abstract class CacheScenario {

    final ExecutorService threads = Executors.newCachedThreadPool();
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch answer = new CountDownLatch(1);
    TestServer server;

    @AfterEach
    void stop() {
        threads.shutdownNow();
        if (server != null) {
            server.close();
        }
    }

    /** Item, list and write of any entity. */
    static MockResponse any(RecordedRequest request) {
        return switch (request.getMethod()) {
            case "DELETE" -> TestServer.status(204);
            case "GET" ->
                request.getUrl().pathSize() > 3
                        ? TestServer.book(
                                Long.parseLong(request.getUrl().pathSegments().get(3)))
                        : TestServer.json(200, "[{\"id\":7,\"title\":\"in a list\"}]");
            default -> TestServer.book(7);
        };
    }

    /** The first GET waits for {@code answer}. */
    TestServer firstGetIsSlow() throws IOException {
        AtomicInteger gets = new AtomicInteger();
        return new TestServer(request -> {
            if (request.getMethod().equals("GET") && gets.incrementAndGet() == 1) {
                asked.countDown();
                Fixtures.await(answer);
            }
            return any(request);
        });
    }

    static RemoteModel<Book, Long> model(RemoteService service, String entity) {
        return service.model(entity, Book.class, IdCodec.LONG).id(Book::id).build();
    }

    static RequestContext context(String... namesAndValues) {
        return TestServer.context(namesAndValues);
    }
}
