package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.Message;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.testing.InMemoryMessaging;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The last rows of a batch, which wait for the confirms of others of their key. */
class BatchTailTest {
    private static final EventType<Integer> LIKED = EventType.of("post.liked", "1.0.0", Integer.class);
    /** Their hashes differ by the number of shards, so they share one. */
    private static final List<String> KEYS = List.of("0", "@");

    private final InMemoryMessaging messaging = new InMemoryMessaging();
    private final List<Integer> handled = new CopyOnWriteArrayList<>();
    private final List<Integer> published = new CopyOnWriteArrayList<>();
    private final DataSource database = TestDatabase.H2.fresh();

    @BeforeEach
    void start() {
        OutboxSchema.createIfMissing(database);
        messaging.start();
        messaging
                .subscribe("likes")
                .bind("events", "post.liked", VersionRange.parse("^1.0.0"))
                .handler(Integer.class, (number, delivery) -> handled.add(number));
    }

    @AfterEach
    void stop() {
        messaging.close();
    }

    private void relay(int batchSize, int... keys) {
        relay(messaging, Duration.ofSeconds(10), batchSize, keys);
    }

    private void relay(Messaging through, Duration confirmTimeout, int batchSize, int... keys) {
        try (Outbox outbox = Outbox.builder(database)
                .publishWith(through)
                .confirmTimeout(confirmTimeout)
                .batchSize(batchSize)
                .pollInterval(Duration.ofMinutes(1))
                .listener(new OutboxListener() {
                    @Override
                    public void relayed(Batch batch) {
                        published.add(batch.published());
                    }
                })
                .build()) {
            outbox.inTransaction(connection -> {
                for (int i = 0; i < keys.length; i++) {
                    outbox.enqueue(connection, "events", Message.of(LIKED, i).key(KEYS.get(keys[i])));
                }
                return null;
            });
            outbox.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(handled).hasSize(keys.length));
        }
    }

    @Test
    void the_last_quarter_is_left_to_the_next_batch_if_that_has_others_to_send_beside_it() {
        relay(4, 0, 1, 0, 0, 1);
        assertThat(published).containsExactly(3, 2);
        assertThat(handled).containsSubsequence(0, 2, 3).containsSubsequence(1, 4);
    }

    @Test
    void all_of_a_batch_is_sent_if_nothing_else_is_due() {
        relay(5, 0, 1, 0, 0);
        assertThat(published).containsExactly(4);
        assertThat(handled).containsSubsequence(0, 2, 3);
    }

    @Test
    void rows_of_one_key_go_out_one_after_the_other_over_many_batches() {
        relay(4, new int[11]);
        assertThat(published).containsExactly(3, 3, 3, 2);
        assertThat(handled).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void rows_that_time_was_too_short_for_go_out_once_and_without_waiting_for_the_next_poll() {
        Duration confirmTimeout = Duration.ofSeconds(1);
        relay(HeldConfirms.by(Duration.ofMillis(150), messaging), confirmTimeout, 20, new int[10]);
        assertThat(published)
                .hasSizeGreaterThan(1)
                .allSatisfy(count -> assertThat(count).isPositive());
        assertThat(handled).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
}
