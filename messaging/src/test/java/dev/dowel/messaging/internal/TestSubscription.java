package dev.dowel.messaging.internal;

import com.rabbitmq.client.Connection;
import dev.dowel.messaging.Contract;
import dev.dowel.messaging.JsonCodec;
import dev.dowel.messaging.TopologyMode;
import dev.dowel.messaging.VersionRange;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Subscriptions on connections that the test makes. */
final class TestSubscription {
    static final String QUEUE = "likes";

    private TestSubscription() {}

    static RabbitSubscription of(
            int concurrency, Supplier<Optional<Connection>> from, Runnable handler, Events events, BackOff backOff) {
        SubscriptionPlan plan = plan(concurrency);
        TopologyProblems problems = new TopologyProblems(Events.NONE);
        Exchanges exchanges = new Exchanges(TopologyMode.DECLARE, problems);
        return new RabbitSubscription(
                plan,
                new Declarer(TopologyMode.DECLARE, exchanges, problems),
                processor(plan, handler, events, exchanges),
                from,
                TestSubscription::onOwnThread,
                backOff,
                () -> {});
    }

    static SubscriptionPlan plan(int concurrency) {
        return new SubscriptionPlan(
                QUEUE,
                List.of(new Contract.Binding("events", "user.deleted", VersionRange.parse("^1.0.0"), Optional.empty())),
                concurrency,
                50,
                new FailurePolicy(List.of(), false, 0, Set.of()),
                Duration.ofMinutes(5),
                Optional.empty());
    }

    static MessageProcessor processor(SubscriptionPlan plan, Runnable handler, Events events, Exchanges exchanges) {
        Lane unused = new Lane(
                new PublishGate(),
                Duration.ofSeconds(1),
                () -> {},
                TestSubscription::onOwnThread,
                exchanges,
                new Suspects());
        Handlers handlers = Handlers.forAll(Integer.class, (body, delivery) -> handler.run());
        Handling handling = new Handling(
                plan,
                handlers,
                JsonCodec.jackson2(),
                Tracing.NONE,
                new Deprecations(Clock.systemUTC(), events::deprecated));
        return new MessageProcessor(plan, handling, unused, new ConsumeEvents(plan, events, Clock.systemUTC()));
    }

    static void onOwnThread(Runnable task) {
        new Thread(task).start();
    }
}
