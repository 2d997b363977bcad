package dev.dowel.remotemodel.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.remotemodel.HeaderPolicy;
import dev.dowel.remotemodel.RequestContext;
import dev.dowel.remotemodel.Scope;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestContextAccessorTest {

    private final RequestContext one = RequestContext.of(Map.of(), HeaderPolicy.none());
    private final RequestContext two = RequestContext.of(Map.of(), HeaderPolicy.none());
    private final ContextSnapshotFactory snapshots =
            ContextSnapshotFactory.builder().clearMissing(true).build();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final ExecutorService carrying = ContextExecutorService.wrap(thread, snapshots);

    @AfterEach
    void nothing_is_left_bound() throws Exception {
        assertThat(onTheThread()).isEmpty();
        assertThat(RequestContext.current()).isEmpty();
        thread.shutdown();
    }

    private Optional<RequestContext> onTheThread() throws Exception {
        return thread.submit(RequestContext::current).get();
    }

    private ContextSnapshot snapshotOf(RequestContext context) {
        Scope scope = context.bind();
        try {
            return snapshots.captureAll();
        } finally {
            scope.close();
        }
    }

    @Test
    void the_library_finds_the_accessor_by_itself() {
        assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
                .hasAtLeastOneElementOfType(RequestContextAccessor.class);
    }

    @Test
    void a_task_has_the_context_of_the_thread_that_gave_it() throws Exception {
        Scope scope = one.bind();
        try {
            assertThat(carrying.submit(RequestContext::current).get()).containsSame(one);
            assertThat(onTheThread()).isEmpty();
            assertThat(RequestContext.current()).containsSame(one);
        } finally {
            scope.close();
        }
        assertThat(carrying.submit(RequestContext::current).get()).isEmpty();
    }

    @Test
    void a_task_that_fails_leaves_nothing() {
        Scope scope = one.bind();
        try {
            assertThatThrownBy(() -> carrying.submit(() -> {
                                throw new IllegalStateException("expected by the test");
                            })
                            .get())
                    .isInstanceOf(ExecutionException.class);
        } finally {
            scope.close();
        }
    }

    @Test
    void what_a_task_binds_and_leaves_open_ends_with_it() throws Exception {
        Scope scope = one.bind();
        try {
            assertThat(carrying.submit(() -> {
                                two.bind();
                                one.bind();
                                return RequestContext.current();
                            })
                            .get())
                    .containsSame(one);
        } finally {
            scope.close();
        }
    }

    @Test
    void a_snapshot_brings_back_what_was_bound_before_it() {
        ContextSnapshot ofTwo = snapshotOf(two);
        Scope scope = one.bind();
        ContextSnapshot.Scope inner = ofTwo.setThreadLocals();
        assertThat(RequestContext.current()).containsSame(two);
        inner.close();
        assertThat(RequestContext.current()).containsSame(one);
        scope.close();
    }

    @Test
    void a_snapshot_without_a_context_hides_the_one_of_the_thread() {
        ContextSnapshot ofNone = snapshots.captureAll();
        Scope scope = one.bind();
        ContextSnapshot.Scope inner = ofNone.setThreadLocals();
        assertThat(RequestContext.current()).isEmpty();
        Scope within = two.bind();
        assertThat(RequestContext.current()).containsSame(two);
        within.close();
        assertThat(RequestContext.current()).isEmpty();
        inner.close();
        assertThat(RequestContext.current()).containsSame(one);
        scope.close();
    }

    @Test
    void the_same_context_may_be_set_where_it_is_bound_already() {
        ContextSnapshot ofOne = snapshotOf(one);
        Scope scope = one.bind();
        ContextSnapshot.Scope inner = ofOne.setThreadLocals();
        ContextSnapshot.Scope innermost = ofOne.setThreadLocals();
        assertThat(RequestContext.current()).containsSame(one);
        innermost.close();
        assertThat(RequestContext.current()).containsSame(one);
        inner.close();
        assertThat(RequestContext.current()).containsSame(one);
        scope.close();
    }

    @Test
    void scopes_that_are_closed_out_of_turn_leave_nothing() {
        ContextSnapshot.Scope outer = snapshotOf(one).setThreadLocals();
        ContextSnapshot.Scope inner = snapshotOf(two).setThreadLocals();
        outer.close();
        inner.close();
        assertThat(RequestContext.current()).isEmpty();

        Scope bound = one.bind();
        ContextSnapshot.Scope set = snapshotOf(two).setThreadLocals();
        bound.close();
        assertThat(RequestContext.current()).containsSame(two);
        set.close();
        assertThat(RequestContext.current()).isEmpty();
    }

    @Test
    void restoring_what_was_never_set_changes_nothing() {
        RequestContextAccessor accessor = new RequestContextAccessor();
        Scope scope = one.bind();
        accessor.restore(two);
        accessor.restore();
        assertThat(RequestContext.current()).containsSame(one);
        scope.close();
    }
}
