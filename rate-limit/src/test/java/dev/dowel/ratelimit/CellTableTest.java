package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CellTableTest {
    @Test
    void threads_that_take_cells_from_each_other_never_get_more_than_a_key_has() throws InterruptedException {
        CellTable table = new CellTable(8);
        AtomicLong now = new AtomicLong(1);
        int rounds = 300;
        int keys = 12;
        for (int round = 0; round < rounds; round++) {
            AtomicInteger[] passed = new AtomicInteger[keys];
            for (int key = 0; key < keys; key++) {
                passed[key] = new AtomicInteger();
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            for (int i = 0; i < 8; i++) {
                threads.execute(() -> {
                    for (int call = 0; call < 60; call++) {
                        int key = call % keys;
                        if (table.take(key, key, now.get(), 10, 30) >= 0) {
                            passed[key].incrementAndGet();
                        }
                    }
                });
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            int withACell = 0;
            for (AtomicInteger each : passed) {
                assertThat(each.get()).isIn(0, 3);
                withACell += each.get() / 3;
            }
            assertThat(withACell).isEqualTo(8);
            // All cells are free for others again.
            now.addAndGet(31);
        }
    }

    @Test
    void a_cell_goes_to_another_key_only_when_its_time_has_passed() {
        CellTable table = new CellTable(8);
        for (int key = 0; key < 8; key++) {
            assertThat(table.take(key, 1, 100, 10, 30)).isEqualTo(10);
        }
        assertThat(table.take(99, 1, 110, 10, 30)).isEqualTo(CellTable.HOMELESS);
        assertThat(table.take(99, 1, 111, 10, 30)).isEqualTo(10);
    }

    @Test
    void a_key_without_a_cell_has_no_time_and_nothing_to_give_back() {
        CellTable table = new CellTable(8);
        assertThat(table.time(1, 1)).isZero();
        table.giveBack(1, 1, 10);
        table.raise(1, 1, 5, 50);
        assertThat(table.time(1, 1)).isEqualTo(50);
        table.raise(1, 1, 5, 40);
        assertThat(table.time(1, 1)).isEqualTo(50);
        table.giveBack(1, 1, 100);
        assertThat(table.time(1, 1)).isZero();
    }
}
