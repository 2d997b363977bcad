package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.remotemodel.CallListener.CacheResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What listeners hear of the request's cache. */
class CacheEventsTest {

    private final CallListenerTest.Heard heard = new CallListenerTest.Heard();
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteModel<Book, Long> books(RemoteService.Builder service) {
        return TestServer.books(service.listener(heard));
    }

    @Test
    void hears_what_the_request_had_read_before_and_what_not() throws IOException {
        DjangoServer django = new DjangoServer(100, "http://internal.invalid");
        server = new TestServer(django::answer);
        RemoteModel<Book, Long> books = books(server.service());
        books.create(Book.titled("x", 1));
        books.get(1L);
        assertThat(heard.results()).isEmpty();

        RemoteModel<Book, Long> cached = books.in(TestServer.context());
        cached.get(1L);
        cached.get(1L);
        cached.filter(Query.all());
        cached.filter(Query.all());
        cached.getAll(List.of(1L, 2L));
        cached.getAll(List.of(1L, 2L));
        cached.fresh().get(1L);

        assertThat(heard.results())
                .containsExactly(
                        CacheResult.MISS,
                        CacheResult.HIT,
                        CacheResult.MISS,
                        CacheResult.HIT,
                        CacheResult.HIT,
                        CacheResult.MISS,
                        CacheResult.HIT,
                        CacheResult.HIT);
    }

    @Test
    void a_get_all_by_single_gets_counts_each_look_up_once() throws IOException {
        DjangoServer django = new DjangoServer(100, "http://internal.invalid");
        server = new TestServer(django::answer);
        RemoteModel<Book, Long> books = server.service()
                .listener(heard)
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .batch(BatchStyle.NONE)
                .build()
                .in(TestServer.context());
        books.getAll(List.of(1L, 2L));
        books.getAll(List.of(1L, 2L));

        assertThat(heard.results())
                .containsExactly(CacheResult.MISS, CacheResult.MISS, CacheResult.HIT, CacheResult.HIT);
    }

    @Test
    void eight_threads_that_share_a_call_are_one_miss_and_seven_coalesced_or_late_hits() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        server = new TestServer(request -> {
            asked.countDown();
            await(answer);
            return TestServer.book(7);
        });
        RemoteModel<Book, Long> books = books(server.service()).in(TestServer.context());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Thread> all = new CopyOnWriteArrayList<>();
        List<Future<Book>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            results.add(threads.submit(() -> {
                all.add(Thread.currentThread());
                return books.get(7L);
            }));
        }
        asked.await();
        org.awaitility.Awaitility.await()
                .until(() -> all.size() == 8
                        && all.stream()
                                        .filter(t -> t.getState() == Thread.State.TIMED_WAITING)
                                        .count()
                                >= 7);
        answer.countDown();
        for (Future<Book> result : results) {
            result.get(5, TimeUnit.SECONDS);
        }
        threads.shutdown();

        assertThat(heard.results())
                .hasSize(8)
                .containsOnlyOnce(CacheResult.MISS)
                .contains(CacheResult.COALESCED);
        assertThat(heard.calls).hasSize(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
