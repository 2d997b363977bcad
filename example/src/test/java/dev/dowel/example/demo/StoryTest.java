package dev.dowel.example.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.dowel.testservices.RabbitMq;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The two services end to end: each step of the demo is a test, on each kind of broker. */
class StoryTest {
    @TestFactory
    Stream<DynamicTest> on_a_private_broker_that_is_killed() {
        return story(BrokerChoice.PRIVATE, Map.of());
    }

    @TestFactory
    Stream<DynamicTest> on_a_foreign_broker_behind_a_proxy_that_is_cut() {
        RabbitMq rabbit = RabbitMq.start();
        return story(BrokerChoice.FOREIGN, Map.of("RABBITMQ_URI", rabbit.uri().toString()))
                .onClose(rabbit::close);
    }

    @TestFactory
    Stream<DynamicTest> in_memory_with_scripted_faults() {
        return story(BrokerChoice.MEMORY, Map.of());
    }

    @TestFactory
    Stream<DynamicTest> with_the_broker_killed_while_events_travel_nothing_is_lost() {
        return story(BrokerChoice.PRIVATE, Map.of(), step -> step > 5);
    }

    private static Stream<DynamicTest> story(BrokerChoice choice, Map<String, String> environment) {
        return story(choice, environment, step -> false);
    }

    private static Stream<DynamicTest> story(
            BrokerChoice choice, Map<String, String> environment, IntPredicate outageAt) {
        Stage stage = Stage.set(environment, choice, 0, 0);
        List<Story.Step> steps = new Story(stage, line -> {}, outageAt).steps();
        return steps.stream()
                .map(step -> dynamicTest(step.title(), step.action()::run))
                .onClose(stage::close);
    }

    @Test
    void a_run_in_which_every_step_is_true_exits_with_0() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(run(out, "--broker", "memory")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("messaging is in memory", "GET /api/v1/users/7", "user.deleted.2.0.0")
                .contains("-> 429 Retry-After: 1", "GET /health at likes, 1 s later -> 200")
                .contains("Every step did what it says.");
    }

    @Test
    void a_run_that_cannot_start_exits_with_1_and_says_why() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(run(out, "--broker", "foreign")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("RABBITMQ_URI is not set");
    }

    @Test
    void an_unknown_option_exits_with_2_and_says_which_there_are() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(run(out, "--borker")).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("usage: demo [--serve]");
    }

    @Test
    void a_step_that_is_not_true_fails_the_run() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean good = Demo.tell(
                List.of(new Story.Step("true", () -> {}), new Story.Step("not true", () -> {
                    throw new StepFailed("expected that it is");
                })),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(good).isFalse();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("FAILED: expected that it is", "1 of 2 steps FAILED");
    }

    private static int run(ByteArrayOutputStream out, String... arguments) {
        return Demo.run(arguments, Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8));
    }
}
