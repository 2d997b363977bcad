package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.LongStream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchParallelTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(20);
    private TestServer server;

    @AfterEach
    void stop() {
        threads.shutdownNow();
        server.close();
    }

    private static List<Long> ids(int number) {
        return LongStream.rangeClosed(1, number).boxed().toList();
    }

    private static MockResponse book(RecordedRequest request) {
        return TestServer.book(Long.parseLong(request.getUrl().pathSegments().get(3)));
    }

    private RemoteModel<Book, Long> books(Executor executor, Function<RecordedRequest, MockResponse> answers)
            throws IOException {
        server = new TestServer(answers);
        return single(server.service(), executor);
    }

    private static RemoteModel<Book, Long> single(RemoteService.Builder service, Executor executor) {
        return service.build()
                .model("books", Book.class, IdCodec.LONG)
                .batch(BatchStyle.NONE)
                .batchExecutor(executor)
                .build();
    }

    @Test
    void parts_are_asked_for_at_the_same_time_but_at_most_eight() throws IOException {
        CountDownLatch eight = new CountDownLatch(8);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger helpers = new AtomicInteger();
        Executor counted = task -> {
            helpers.incrementAndGet();
            threads.execute(task);
        };
        RemoteModel<Book, Long> books = books(counted, request -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            eight.countDown();
            Fixtures.await(eight);
            now.decrementAndGet();
            return book(request);
        });

        assertThat(books.getAll(ids(40)).keySet()).containsExactlyElementsOf(ids(40));
        assertThat(most).hasValue(8);
        assertThat(helpers).hasValue(7);
        assertThat(server.requests).hasSize(40);
    }

    @Test
    void lists_are_asked_for_at_the_same_time_too() throws IOException {
        CountDownLatch three = new CountDownLatch(3);
        server = new TestServer(request -> {
            three.countDown();
            Fixtures.await(three);
            return TestServer.json(200, "[{\"id\":" + request.getUrl().queryParameter("id__in") + "}]");
        });
        RemoteModel<Book, Long> books = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .batch(BatchStyle.COMMA, 1)
                .batchExecutor(threads)
                .build();

        assertThat(books.getAll(ids(3))).hasSize(3);
    }

    @Test
    void without_an_executor_everything_happens_on_the_calling_thread() throws IOException {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        server = new TestServer(BatchParallelTest::book);
        RemoteModel<Book, Long> books = server.service()
                .transport(next -> call -> {
                    seen.add(Thread.currentThread());
                    return next.execute(call);
                })
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .batch(BatchStyle.NONE)
                .build();
        books.getAll(ids(5));

        assertThat(seen).containsExactly(Thread.currentThread());
    }

    @Test
    void the_callers_context_is_there_on_every_thread() throws IOException {
        RequestContext context = TestServer.context("traceparent", "trace-of-the-caller");
        Set<Object> bound = ConcurrentHashMap.newKeySet();
        CountDownLatch two = new CountDownLatch(2);
        server = new TestServer(BatchParallelTest::book);
        RemoteModel<Book, Long> books = single(
                server.service().transport(next -> call -> {
                    two.countDown();
                    Fixtures.await(two);
                    bound.add(RequestContext.current());
                    return next.execute(call);
                }),
                threads);
        Runnable work = () -> assertThat(books.getAll(ids(4))).hasSize(4);
        context.wrap(work).run();

        assertThat(bound).containsExactly(java.util.Optional.of(context));
        assertThat(server.requests)
                .hasSize(4)
                .allSatisfy(request ->
                        assertThat(request.getHeaders().get("traceparent")).isEqualTo("trace-of-the-caller"));
    }

    @Test
    void an_executor_that_is_full_of_callers_like_this_one_does_not_stop_them() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        RemoteModel<Book, Long> books = books(one, BatchParallelTest::book);
        Future<Integer> found = one.submit(() -> books.getAll(ids(5)).size());

        assertThat(found.get(10, TimeUnit.SECONDS)).isEqualTo(5);
        one.shutdown();
    }

    @Test
    void an_executor_that_refuses_work_only_makes_it_slower() throws IOException {
        RemoteModel<Book, Long> books = books(
                task -> {
                    throw new RejectedExecutionException();
                },
                BatchParallelTest::book);

        assertThat(books.getAll(ids(5))).hasSize(5);
    }

    @Test
    void an_executor_that_runs_at_once_is_fine() throws IOException {
        assertThat(books(Runnable::run, BatchParallelTest::book).getAll(ids(5))).hasSize(5);
    }

    @Test
    void a_part_that_fails_keeps_the_others_from_being_begun() throws IOException {
        CountDownLatch two = new CountDownLatch(2);
        RemoteModel<Book, Long> books = books(threads, request -> {
            two.countDown();
            Fixtures.await(two);
            return TestServer.status(500);
        });

        assertThatThrownBy(() -> books.getAll(ids(500)))
                .isInstanceOf(BatchException.class)
                .satisfies(e -> assertThat(e.getStackTrace())
                        .extracting(StackTraceElement::getClassName)
                        .contains(BatchParallelTest.class.getName()));
        assertThat(server.requests).hasSizeLessThan(50);
    }

    @Test
    void a_mistake_of_the_program_on_another_thread_reaches_the_caller_as_it_is() throws IOException {
        server = new TestServer(request -> TestServer.json(200, "[{\"id\":1}]"));
        RemoteModel<Book, Long> books = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .id(book -> {
                    throw new UnsupportedOperationException("mine");
                })
                .batch(BatchStyle.COMMA, 1)
                .batchExecutor(threads)
                .build();

        assertThatThrownBy(() -> books.getAll(ids(3)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("mine");
    }

    @Test
    void a_caller_who_is_interrupted_while_others_work_gets_what_is_there() throws Exception {
        CountDownLatch helperAtWork = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        server = new TestServer(BatchParallelTest::book);
        Thread[] caller = new Thread[1];
        RemoteModel<Book, Long> books = single(
                server.service().transport(next -> call -> {
                    if (Thread.currentThread() == caller[0]) {
                        Fixtures.await(helperAtWork);
                    } else {
                        helperAtWork.countDown();
                        Fixtures.await(end);
                    }
                    return next.execute(call);
                }),
                threads);
        Future<BatchResult<Book, Long>> result = threads.submit(() -> {
            caller[0] = Thread.currentThread();
            BatchResult<Book, Long> found = books.tryGetAll(ids(2));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return found;
        });
        Fixtures.await(helperAtWork);
        org.awaitility.Awaitility.await().until(() -> caller[0].getState() == Thread.State.WAITING);
        caller[0].interrupt();

        assertThat(result.get(10, TimeUnit.SECONDS).found()).hasSize(1);
        assertThat(result.get().failed())
                .hasSize(1)
                .allSatisfy((id, failure) -> assertThat(failure)
                        .isInstanceOf(RemoteCallException.class)
                        .hasMessageContaining("interrupted"));
        end.countDown();
    }
}
