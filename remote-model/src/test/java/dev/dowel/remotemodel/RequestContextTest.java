package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RequestContextTest {

    private final RequestContext one = TestServer.context("X-Tenant", "one");
    private final RequestContext two = TestServer.context("X-Tenant", "two");

    @Test
    void bindings_nest_and_are_restored() {
        Scope outer = one.bind();
        Scope inner = two.bind();
        assertThat(RequestContext.current()).containsSame(two);
        inner.close();
        assertThat(RequestContext.current()).containsSame(one);
        outer.close();
        inner.close();
        assertThat(RequestContext.current()).isEmpty();
    }

    @Test
    void closing_out_of_turn_leaves_nothing_behind() {
        Scope outer = one.bind();
        Scope inner = two.bind();
        outer.close();
        assertThat(RequestContext.current()).containsSame(two);
        inner.close();
        assertThat(RequestContext.current()).isEmpty();
    }

    @Test
    void closing_on_another_thread_is_repaired() throws Exception {
        Scope scope = one.bind();
        CompletableFuture.runAsync(scope::close, task -> new Thread(task).start())
                .get();
        assertThat(RequestContext.current()).isEmpty();
    }

    @Test
    void a_replacement_ends_what_was_left_open_inside_it() {
        Scope outer = one.bind();
        Scope none = RequestContext.replace(Optional.empty());
        assertThat(RequestContext.current()).isEmpty();
        Scope forgotten = two.bind();
        RequestContext.replace(Optional.of(one));
        none.close();
        forgotten.close();
        assertThat(RequestContext.current()).containsSame(one);
        outer.close();
        assertThat(RequestContext.current()).isEmpty();
    }

    @Test
    void a_replacement_closed_on_another_thread_is_repaired() throws Exception {
        Scope scope = RequestContext.replace(Optional.of(one));
        CompletableFuture.runAsync(scope::close, task -> new Thread(task).start())
                .get();
        assertThat(RequestContext.current()).isEmpty();
    }

    @Test
    void a_thread_inherits_nothing_and_a_wrapped_task_gets_its_own_context() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Scope scope = one.bind();
        try {
            assertThat(pool.submit(RequestContext::current).get()).isEmpty();
            assertThat(two.wrap(pool).submit(RequestContext::current).get()).containsSame(two);
            assertThat(pool.submit(one.wrap(RequestContext::current)).get()).containsSame(one);
            AtomicReference<Object> seen = new AtomicReference<>();
            two.wrap((Runnable) () -> seen.set(RequestContext.current().orElseThrow()))
                    .run();
            assertThat(seen).hasValue(two);
            assertThat(pool.submit(RequestContext::current).get()).isEmpty();
        } finally {
            scope.close();
            pool.shutdown();
        }
    }

    @Test
    void a_closed_context_keeps_its_headers() {
        one.close();
        one.close();

        assertThat(one.headers()).containsKey("X-Tenant");
    }

    @Test
    void a_wrapped_executor_binds_around_its_tasks_even_those_that_throw() {
        Executor wrapped = one.wrap((Executor) Runnable::run);
        List<RequestContext> seen = new ArrayList<>();
        wrapped.execute(() -> seen.add(RequestContext.current().orElseThrow()));
        assertThat(RequestContext.current()).isEmpty();

        assertThatThrownBy(() -> wrapped.execute(() -> {
                    seen.add(RequestContext.current().orElseThrow());
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(RequestContext.current()).isEmpty();
        assertThat(seen).containsExactly(one, one);
    }

    @Test
    void a_wrapped_executor_service_binds_around_tasks_however_they_are_given() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            ExecutorService wrapped = one.wrap(pool);
            List<RequestContext> seen = new CopyOnWriteArrayList<>();
            Runnable look = () -> seen.add(RequestContext.current().orElseThrow());
            Callable<Optional<RequestContext>> current = RequestContext::current;

            wrapped.execute(look);
            assertThat(pool.submit(current).get()).isEmpty();
            wrapped.submit(look).get();
            assertThat(pool.submit(current).get()).isEmpty();
            assertThat(wrapped.submit(look, "done").get()).isEqualTo("done");
            assertThat(pool.submit(current).get()).isEmpty();
            assertThat(wrapped.submit(current).get()).containsSame(one);
            assertThat(pool.submit(current).get()).isEmpty();
            for (Future<Optional<RequestContext>> each : wrapped.invokeAll(List.of(current, current))) {
                assertThat(each.get()).containsSame(one);
            }
            assertThat(pool.submit(current).get()).isEmpty();
            assertThat(wrapped.invokeAny(List.of(current))).containsSame(one);
            assertThat(pool.submit(current).get()).isEmpty();
            assertThat(seen).containsExactly(one, one, one);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void a_task_that_throws_leaves_nothing_bound_in_a_pool() throws Exception {
        BlockingQueue<Optional<RequestContext>> atItsEnd = new LinkedBlockingQueue<>();
        ExecutorService pool = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task);
            thread.setUncaughtExceptionHandler((dying, e) -> atItsEnd.add(RequestContext.current()));
            return thread;
        });
        try {
            ExecutorService wrapped = one.wrap(pool);
            List<RequestContext> seen = new CopyOnWriteArrayList<>();
            Callable<Object> failing = () -> {
                seen.add(RequestContext.current().orElseThrow());
                throw new IOException("no");
            };
            Runnable alsoFailing = () -> {
                seen.add(RequestContext.current().orElseThrow());
                throw new IllegalStateException("no");
            };

            assertThatThrownBy(wrapped.submit(failing)::get).hasRootCauseMessage("no");
            assertThat(pool.submit(RequestContext::current).get()).isEmpty();
            assertThatThrownBy(wrapped.submit(alsoFailing)::get).hasRootCauseMessage("no");
            assertThat(pool.submit(RequestContext::current).get()).isEmpty();
            assertThatThrownBy(wrapped.invokeAll(List.of(failing)).get(0)::get).hasRootCauseMessage("no");
            assertThat(pool.submit(RequestContext::current).get()).isEmpty();
            assertThatThrownBy(() -> wrapped.invokeAny(List.of(failing))).hasRootCauseMessage("no");
            assertThat(pool.submit(RequestContext::current).get()).isEmpty();
            wrapped.execute(alsoFailing);
            assertThat(atItsEnd.poll(10, TimeUnit.SECONDS)).isNotNull().isEmpty();
            assertThat(seen).containsOnly(one).hasSize(5);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void a_scope_that_is_closed_out_of_turn_or_elsewhere_is_warned_of_once() throws Exception {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(RequestContext.class);
        logs.start();
        logger.addAppender(logs);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Scope outer = one.bind();
            Scope inner = two.bind();
            outer.close();
            outer.close();
            inner.close();
            inner.close();
            assertThat(RequestContext.current()).isEmpty();
            assertThat(logs.list).singleElement().satisfies(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.WARN);
                assertThat(event.getFormattedMessage()).contains("before one that was opened inside it");
            });
            logs.list.clear();

            Scope scope = one.bind();
            other.submit(scope::close).get();
            other.submit(scope::close).get();
            scope.close();
            assertThat(RequestContext.current()).isEmpty();
            assertThat(other.submit(RequestContext::current).get()).isEmpty();
            assertThat(logs.list).singleElement().satisfies(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.WARN);
                assertThat(event.getFormattedMessage()).contains("on another thread");
            });
        } finally {
            logger.detachAppender(logs);
            other.shutdown();
        }
    }

    @Test
    void what_is_read_beside_a_request_is_kept_nowhere() throws Exception {
        try (TestServer server = new TestServer(request -> TestServer.book(7))) {
            RequestContext beside = one.beside(Duration.ofMinutes(1));
            RemoteModel<Book, Long> books = server.books().in(beside);
            books.get(7L);
            books.get(7L);
            books.find(7L);

            assertThat(server.requests).hasSize(3);
            assertThat(beside.cache().size()).isZero();
            assertThat(one.cache().size()).isZero();
            assertThat(beside.headers()).isEqualTo(one.headers());
            assertThat(beside.timeLeft())
                    .hasValueSatisfying(left -> assertThat(left).isLessThanOrEqualTo(Duration.ofMinutes(1)));
        }
    }
}
