package dev.dowel.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.PublishException.Kind;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Receipt;
import dev.dowel.messaging.RouteRequirement;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The broker is a map of futures, and each publication takes as long as a test says. */
class PipelineTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final List<String> sent = new ArrayList<>();
    private final Map<String, CompletableFuture<Receipt>> answers = new HashMap<>();
    private Duration eachTakes = Duration.ZERO;
    private long now;

    private static OutboxRow row(long id, String key) {
        return row(id, key, "e" + id);
    }

    private static OutboxRow row(long id, String key, String event) {
        EncodedMessage message = new EncodedMessage(
                "m" + id,
                event,
                "user.deleted",
                "user.deleted.1.0.0",
                Optional.of(key),
                Optional.empty(),
                "application/json",
                Map.of(),
                new byte[0],
                RouteRequirement.ANY);
        return new OutboxRow(id, "events", message, 0);
    }

    private Pipeline run(boolean more, OutboxRow... rows) throws InterruptedException {
        Publisher publisher = proxy(Publisher.class);
        Messaging messaging = (Messaging) Proxy.newProxyInstance(
                Messaging.class.getClassLoader(), new Class<?>[] {Messaging.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("publisher");
                    return publisher;
                });
        Pipeline pipeline = new Pipeline(messaging, List.of(rows), more, () -> now);
        pipeline.run(TIMEOUT);
        return pipeline;
    }

    private <T> T proxy(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> publish((EncodedMessage) arguments[0])));
    }

    /** Confirmed at once, unless a test has put a future in its place. */
    private CompletionStage<Receipt> publish(EncodedMessage message) {
        String id = message.messageId();
        sent.add(id);
        now += eachTakes.toNanos();
        return answers.getOrDefault(id, CompletableFuture.completedFuture(new Receipt(id, message.eventId())));
    }

    private static CompletableFuture<Receipt> failed(Kind kind) {
        return CompletableFuture.failedFuture(new PublishException(kind, "on purpose", null));
    }

    private static Optional<Kind> outcome(Pipeline pipeline, OutboxRow row) {
        return pipeline.outcome(row).map(PublishException::kind);
    }

    @Test
    void all_keys_are_sent_at_once_and_the_rows_of_one_in_their_order() throws InterruptedException {
        Pipeline pipeline = run(false, row(1, "a"), row(2, "a"), row(3, "b"), row(4, "a"), row(5, "b"));

        assertThat(sent)
                .startsWith("m1", "m3")
                .containsSubsequence("m1", "m2", "m4")
                .containsSubsequence("m3", "m5");
        assertThat(sent).hasSize(5);
        assertThat(pipeline.cutShort()).isFalse();
    }

    @Test
    void a_row_behind_one_that_failed_is_left() throws InterruptedException {
        answers.put("m1", failed(Kind.NACKED));
        OutboxRow behind = row(2, "a");
        Pipeline pipeline = run(false, row(1, "a"), behind, row(3, "b"));

        assertThat(sent).containsExactly("m1", "m3");
        assertThat(pipeline.sent(behind)).isFalse();
        assertThat(outcome(pipeline, behind)).contains(Kind.NOT_CONNECTED);
        assertThat(pipeline.cutShort()).isFalse();
    }

    @Test
    void in_the_second_half_of_the_time_no_row_follows_another_so_that_none_is_given_up_in_flight()
            throws InterruptedException {
        eachTakes = Duration.ofSeconds(3);
        OutboxRow third = row(3, "hot");
        Pipeline pipeline = run(false, row(1, "hot"), row(2, "hot"), third, row(4, "hot"));

        assertThat(sent).containsExactly("m1", "m2");
        assertThat(pipeline.outcome(row(2, "hot"))).isEmpty();
        assertThat(pipeline.sent(third)).isFalse();
        assertThat(pipeline.cutShort()).isTrue();
    }

    @Test
    void at_the_deadline_sending_stops_in_the_middle_of_what_belongs_together() throws InterruptedException {
        eachTakes = Duration.ofSeconds(11);
        OutboxRow second = row(2, "a", "e1");
        Pipeline pipeline = run(false, row(1, "a", "e1"), second, row(3, "b"));

        assertThat(sent).containsExactly("m1");
        assertThat(pipeline.outcome(row(1, "a"))).isEmpty();
        assertThat(pipeline.sent(second)).isFalse();
        assertThat(pipeline.cutShort()).isTrue();
    }

    @Test
    void a_confirm_after_the_deadline_changes_nothing_any_more() throws InterruptedException {
        CompletableFuture<Receipt> late = new CompletableFuture<>();
        answers.put("m1", late);
        eachTakes = Duration.ofSeconds(11);
        OutboxRow row = row(1, "a");
        Pipeline pipeline = run(false, row);
        late.complete(new Receipt("m1", "e1"));

        assertThat(pipeline.sent(row)).isTrue();
        assertThat(outcome(pipeline, row)).contains(Kind.TIMEOUT);
    }

    @Test
    void when_the_broker_goes_away_nothing_more_is_sent() throws InterruptedException {
        answers.put("m2", failed(Kind.NOT_CONNECTED));
        run(false, row(1, "a"), row(2, "b"), row(3, "c"), row(4, "a"));

        assertThat(sent).containsExactly("m1", "m2");
    }

    @Test
    void where_more_rows_are_due_the_last_quarter_is_left_although_another_key_fails() throws InterruptedException {
        answers.put("m2", failed(Kind.NACKED));
        OutboxRow[] rows = {
            row(1, "a"), row(2, "b"), row(3, "a"), row(4, "b"), row(5, "a"), row(6, "a"), row(7, "a"), row(8, "a")
        };
        Pipeline pipeline = run(true, rows);

        // Two of eight are few enough; the one behind the failure is one of them.
        assertThat(sent).containsExactly("m1", "m2", "m3", "m5", "m6", "m7");
        assertThat(pipeline.cutShort()).isFalse();
        assertThat(pipeline.sent(rows[7])).isFalse();
    }

    @Test
    void where_no_more_are_due_the_last_row_of_the_longest_key_is_sent() throws InterruptedException {
        run(false, row(1, "a"), row(2, "a"), row(3, "a"), row(4, "a"));

        assertThat(sent).containsExactly("m1", "m2", "m3", "m4");
    }
}
