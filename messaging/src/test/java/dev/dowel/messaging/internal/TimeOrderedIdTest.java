package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TimeOrderedIdTest {
    @Test
    void p9_ids_of_many_threads_are_unique_each_thread_sees_them_grow_and_all_are_uuids_of_version_7()
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<List<String>>> made = new ArrayList<>();
        long before = System.currentTimeMillis();
        for (int thread = 0; thread < 8; thread++) {
            made.add(threads.submit(() -> {
                List<String> ids = new ArrayList<>();
                for (int i = 0; i < 20_000; i++) {
                    ids.add(TimeOrderedId.next());
                }
                return ids;
            }));
        }
        Set<String> all = new HashSet<>();
        for (Future<List<String>> one : made) {
            assertThat(one.get()).isSorted();
            all.addAll(one.get());
        }
        threads.shutdown();
        long after = System.currentTimeMillis();

        assertThat(all).hasSize(160_000);
        assertThat(all).allSatisfy(text -> {
            UUID id = UUID.fromString(text);
            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            // Many at once borrow from the next milliseconds.
            assertThat(id.getMostSignificantBits() >>> 16).isBetween(before - 1, after + 100);
        });
    }
}
