package dev.dowel.benchmarks.contenders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dowel.benchmarks.server.ServerProcess;
import java.io.IOException;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A comparison is worth something only when all do the same. */
class ContenderTest {

    private static final long MISSING = 5_000_000;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void reads_and_writes_the_same_books(Kind kind) {
        try (Contender contender = kind.open(new OkHttpClient(), server.base())) {
            assertThat(contender.get(42).id()).isEqualTo(42);
            assertThat(contender.find(43)).map(Book::id).contains(43L);
            assertThat(contender.list()).hasSize(100).element(99).isEqualTo(contender.get(99));
            assertThat(contender.create(Book.large())).isEqualTo(Book.large());
            assertThat(contender.getAll(List.of(3L, 1L, 2L)))
                    .extracting(Book::id)
                    .containsExactlyInAnyOrder(1L, 2L, 3L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tells_that_a_book_is_missing_in_both_ways(Kind kind) {
        try (Contender contender = kind.open(new OkHttpClient(), server.base())) {
            assertThat(contender.find(MISSING)).isEmpty();
            assertThatThrownBy(() -> contender.get(MISSING)).isInstanceOf(RuntimeException.class);
        }
    }
}
