package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

    private final InMemoryRepository<Book, Long> books = InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id)
            .onCreate((book, number) -> new Book(number, book.title(), book.price(), book.nick()))
            .name("books")
            .pageSize(1)
            .build();

    private final Faults faults = books.faults();

    FaultsTest() {
        books.create(Book.titled("a", 1));
        books.create(Book.titled("b", 2));
        faults.clear();
    }

    @Test
    void fails_as_often_as_said_in_the_order_of_giving_and_works_again() {
        faults.status(Operation.GET, 2, 503).fail(Operation.GET, 1, () -> new IllegalStateException("boom"));

        assertThatThrownBy(() -> books.get(1L)).isInstanceOf(RemoteResponseException.Unavailable.class);
        assertThatThrownBy(() -> books.find(1L)).isInstanceOf(RemoteResponseException.Unavailable.class);
        assertThatThrownBy(() -> books.find(1L)).hasMessage("boom");
        assertThat(books.get(1L).title()).isEqualTo("a");
        assertThat(faults.calls(Operation.GET)).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void each_operation_fails_for_itself_and_is_not_carried_out(Operation operation) {
        faults.status(operation, 1, 500);
        for (Operation each : Operation.values()) {
            if (each != operation) {
                call(each, 2L);
            }
        }
        String before = books.toString();

        assertThatThrownBy(() -> call(operation, 1L))
                .isInstanceOf(RemoteResponseException.ServerError.class)
                .hasMessage(operation + " of books answered 500, as the test wants");
        assertThat(books).hasToString(before);
        assertThat(books.get(1L).title()).isEqualTo("a");
        assertThat(faults).hasToString("Faults[0 for books]");
    }

    private void call(Operation operation, long id) {
        switch (operation) {
            case GET -> books.get(1L);
            case GET_ALL -> books.getAll(List.of(1L, id));
            case FILTER -> books.filter(Query.all());
            case CREATE -> books.create(Book.titled("new", 1));
            case UPDATE -> books.update(id, Book.titled("other", 1));
            case PATCH -> books.patch(id, Patch.of("title", "patched"));
            case DELETE -> books.delete(id);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404, 409, 412, 429, 500, 503})
    void a_status_is_the_exception_that_the_remote_model_throws(int status) {
        faults.status(Operation.CREATE, 1, status);

        RemoteResponseException e =
                catchThrowableOfType(RemoteResponseException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.status()).isEqualTo(status);
        assertThat(e).hasSameClassAs(RemoteResponseException.of(status, ""));
    }

    @Test
    void a_timeout_of_unknown_outcome_was_carried_out() {
        faults.timeout(Operation.CREATE, 1, Outcome.UNKNOWN);

        RemoteTimeoutException e =
                catchThrowableOfType(RemoteTimeoutException.class, () -> books.create(Book.titled("x", 1)));
        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(books.filter(Query.where("title", "x")).items()).hasSize(1);
    }

    @Test
    void a_timeout_before_sending_was_not_carried_out() {
        faults.timeout(Operation.DELETE, 1, Outcome.NOT_SENT);

        RemoteTimeoutException e = catchThrowableOfType(RemoteTimeoutException.class, () -> books.delete(1L));
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(books.find(1L)).isPresent();
    }

    @Test
    void later_pages_can_fail_as_well() {
        Page<Book> first = books.filter(Query.all());
        faults.status(Operation.FILTER, 1, 502);

        assertThatThrownBy(first::next).isInstanceOf(RemoteResponseException.class);
        assertThat(first.next()).isPresent();
        assertThat(faults.calls(Operation.FILTER)).isEqualTo(3);
    }

    @Test
    void counts_one_get_all_where_a_loop_makes_two_gets() {
        books.getAll(List.of(1L, 2L));
        List.of(1L, 2L).forEach(books::get);

        assertThat(faults.calls(Operation.GET_ALL)).isEqualTo(1);
        assertThat(faults.calls(Operation.GET)).isEqualTo(2);
        assertThat(faults.clear().calls(Operation.GET)).isZero();
    }

    @Test
    void what_the_remote_model_would_not_send_neither_counts_nor_uses_up_a_fault() {
        faults.status(Operation.GET, 1, 503).status(Operation.GET_ALL, 1, 503).status(Operation.FILTER, 1, 503);
        assertThatThrownBy(() -> books.find(null)).isInstanceOf(NullPointerException.class);
        books.getAll(List.of());
        books.filter(Query.where("price__in", List.of()));

        assertThat(faults.calls(Operation.GET)).isZero();
        assertThat(faults.calls(Operation.GET_ALL)).isZero();
        assertThat(faults.calls(Operation.FILTER)).isZero();
        assertThat(faults).hasToString("Faults[3 for books]");
    }

    @Test
    void latency_waits_in_the_way_of_the_test() {
        List<Duration> waited = new ArrayList<>();
        faults.latency(Duration.ofSeconds(30), waited::add);
        books.get(1L);
        books.getAll(List.of(1L, 2L));
        faults.clear();
        books.get(1L);

        assertThat(waited).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(30));
    }

    @Test
    void latency_takes_real_time_by_default() {
        long start = System.nanoTime();
        faults.latency(Duration.ofMillis(20));
        books.get(1L);

        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
    }

    @Test
    void an_interrupt_ends_the_latency_and_stays_set() {
        faults.latency(Duration.ofHours(1));
        Thread.currentThread().interrupt();

        RemoteCallException e = catchThrowableOfType(RemoteCallException.class, () -> books.get(1L));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void many_threads_get_each_fault_once() throws Exception {
        faults.status(Operation.GET, 100, 503);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> failures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            failures.add(threads.submit(this::failuresOfOneHundredGets));
        }
        int sum = 0;
        for (Future<Integer> each : failures) {
            sum += each.get();
        }
        threads.shutdown();

        assertThat(sum).isEqualTo(100);
        assertThat(faults.calls(Operation.GET)).isEqualTo(400);
    }

    private int failuresOfOneHundredGets() {
        int failed = 0;
        for (int i = 0; i < 100; i++) {
            try {
                books.get(1L);
            } catch (RemoteResponseException e) {
                failed++;
            }
        }
        return failed;
    }

    @Test
    void nonsense_is_refused() {
        assertThatThrownBy(() -> faults.status(Operation.GET, 0, 503)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.status(Operation.GET, 1, 200)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.latency(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.fail(Operation.GET, 1, null)).isInstanceOf(NullPointerException.class);
    }
}
