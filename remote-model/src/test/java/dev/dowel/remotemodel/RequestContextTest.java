package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

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
        CompletableFuture.runAsync(scope::close).get();
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
        CompletableFuture.runAsync(scope::close).get();
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
}
