package dev.dowel.benchmarks;

import dev.dowel.benchmarks.contenders.Contender;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What the code of one inbound request does. */
enum InOneRequest {
    /** As when ten places of a page need the same user. */
    TEN_GETS_OF_ONE_ID("10 gets of one id") {
        @Override
        void run(Contender contender) {
            for (int i = 0; i < 10; i++) {
                contender.get(42);
            }
        }
    },
    /** As when the work is spread. */
    EIGHT_THREADS_ONE_ID("8 threads, one id") {
        @Override
        void run(Contender contender) {
            CyclicBarrier together = new CyclicBarrier(8);
            List<Future<?>> gets = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(i -> THREADS.submit(() -> {
                        together.await();
                        return contender.get(42);
                    }))
                    .toList();
            for (Future<?> get : gets) {
                try {
                    get.get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException("a get failed", e);
                }
            }
        }
    },
    /** The usual loop. */
    TEN_IDS_IN_A_LOOP("10 ids, one by one") {
        @Override
        void run(Contender contender) {
            ids(10).forEach(contender::get);
        }
    },
    /** The same, known before. */
    TEN_IDS_AT_ONCE("10 ids at once") {
        @Override
        void run(Contender contender) {
            contender.getAll(ids(10));
        }
    },
    /** The usual loop, longer. */
    FIFTY_IDS_IN_A_LOOP("50 ids, one by one") {
        @Override
        void run(Contender contender) {
            ids(50).forEach(contender::get);
        }
    },
    /** The same, known before. */
    FIFTY_IDS_AT_ONCE("50 ids at once") {
        @Override
        void run(Contender contender) {
            contender.getAll(ids(50));
        }
    };

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(8, task -> {
        Thread thread = new Thread(task, "in one request");
        thread.setDaemon(true);
        return thread;
    });

    private final String label;

    InOneRequest(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract void run(Contender contender);

    private static List<Long> ids(int count) {
        return LongStream.range(0, count).boxed().toList();
    }
}
