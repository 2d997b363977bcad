package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The book of what is unconfirmed, against a plain sorted map. */
class UnconfirmedTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void p1_however_confirms_are_grouped_each_number_is_taken_once_and_by_the_confirm_that_covers_it(long seed) {
        Random random = new Random(seed);
        Unconfirmed unconfirmed = new Unconfirmed();
        TreeMap<Long, Publication> model = new TreeMap<>();
        long last = 0;
        while (last < 10_000 || !model.isEmpty()) {
            if (last < 10_000 && random.nextInt(3) > 0) {
                Publication one = publication("id" + random.nextInt(50), "key");
                unconfirmed.add(++last, one);
                model.put(last, one);
            } else {
                long number = random.nextInt((int) last + 10);
                boolean multiple = random.nextInt(10) == 0 || last == 10_000;
                Map<Long, Publication> expected =
                        multiple ? model.headMap(number, true) : model.subMap(number, true, number, true);
                List<Publication> all = List.copyOf(expected.values());
                expected.clear();
                assertThat(unconfirmed.take(number, multiple)).containsExactlyElementsOf(all);
            }
            if (random.nextInt(5) == 0 && !model.isEmpty()) {
                Publication some = model.values().stream()
                        .skip(random.nextInt(model.size()))
                        .findFirst()
                        .orElseThrow();
                model.values().remove(some);
                assertThat(unconfirmed.take(some)).isTrue();
                assertThat(unconfirmed.take(some)).isFalse();
            }
            assertThat(unconfirmed.oldest().orElse(null))
                    .isSameAs(model.isEmpty() ? null : model.firstEntry().getValue());
        }
        assertThat(unconfirmed.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void p3_a_return_marks_those_with_its_id_and_address_and_no_others(long seed) {
        Random random = new Random(seed);
        Unconfirmed unconfirmed = new Unconfirmed();
        List<Publication> left = new ArrayList<>();
        for (int number = 1; number <= 2_000; number++) {
            String id = random.nextInt(20) == 0 ? null : "id" + random.nextInt(10);
            Publication one = publication(id, "key" + random.nextInt(2));
            unconfirmed.add(number, one);
            left.add(one);
            if (random.nextInt(3) == 0) {
                Publication gone = left.remove(random.nextInt(left.size()));
                assertThat(unconfirmed.take(gone)).isTrue();
            }
            if (random.nextInt(10) == 0) {
                Publication like = left.get(random.nextInt(left.size()));
                Map<Publication, Boolean> expected = new HashMap<>();
                left.forEach(each -> expected.put(each, each.wasReturned() || same(each, like)));
                unconfirmed.returned("events", like.routingKey(), like.messageId());
                assertThat(left)
                        .allSatisfy(each -> assertThat(each.wasReturned()).isEqualTo(expected.get(each)));
            }
        }
    }

    @Test
    void whoever_competes_for_a_publication_one_of_them_gets_it() throws Exception {
        Unconfirmed unconfirmed = new Unconfirmed();
        List<Publication> all = new ArrayList<>();
        for (int number = 1; number <= 20_000; number++) {
            Publication one = publication("id" + number, "key");
            unconfirmed.add(number, one);
            all.add(one);
        }
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            int of = thread;
            running.add(threads.submit(() -> {
                begin.await();
                for (int i = 0; i < all.size(); i++) {
                    if (of == 0) {
                        taken.addAndGet(unconfirmed.take(i + 1, i % 7 == 0).size());
                    } else if (unconfirmed.take(all.get(of == 1 ? i : all.size() - 1 - i))) {
                        taken.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        begin.countDown();
        for (Future<?> one : running) {
            one.get();
        }
        threads.shutdown();
        assertThat(taken).hasValue(all.size());
        assertThat(unconfirmed.all()).isEmpty();
    }

    private static boolean same(Publication one, Publication other) {
        return one.routingKey().equals(other.routingKey())
                && java.util.Objects.equals(one.messageId(), other.messageId());
    }

    private static Publication publication(String id, String key) {
        return new Publication(
                "events",
                key,
                true,
                new AMQP.BasicProperties.Builder().messageId(id).build(),
                new byte[0]);
    }
}
