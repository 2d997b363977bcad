package dev.dowel.example.demo;

import static dev.dowel.example.demo.Stage.PAGE;
import static dev.dowel.example.demo.Stage.PATIENCE;
import static dev.dowel.example.demo.Stage.USERS;

import dev.dowel.authtoken.GeneratedToken;
import dev.dowel.example.likes.User;
import dev.dowel.remotemodel.MigrationPlan;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The steps of the demo, in the order they are told. Each fails with {@link StepFailed} if it is not true. */
final class Story {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final long LEAVES_FIRST = 21;
    private static final long LEAVES_WHILE_BROKER_IS_AWAY = 22;
    private static final int LIMIT = 10;
    private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(5);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final long QUEUE_AGE = Duration.ofSeconds(3).toNanos();

    private final Stage stage;
    private final Consumer<String> out;
    private final IntPredicate outageAt;
    private final Caller caller = new Caller();
    private int step;
    private @Nullable Future<String> returning;

    /** At the steps chosen the broker is taken away at the worst moment, whatever the step is about. */
    Story(Stage stage, Consumer<String> out, IntPredicate outageAt) {
        this.stage = stage;
        this.out = out;
        this.outageAt = outageAt;
    }

    /** One step: what it shows, and the code that shows it. */
    record Step(String title, Runnable action) {}

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (Step plain : plainSteps()) {
            int number = steps.size() + 1;
            steps.add(new Step(plain.title(), () -> {
                step = number;
                plain.action().run();
                awaitReturn();
            }));
        }
        return steps;
    }

    private List<Step> plainSteps() {
        return List.of(
                new Step("a page that needs the same user three times makes one remote call", this::oneCall),
                new Step("fifty users come in one call, not fifty", this::fiftyInOne),
                new Step(
                        "a model moves from a table to the service, plan by plan, compared on the way",
                        this::migration),
                new Step("no token is 401, a wrong one is 401, a rotated one passes", this::tokens),
                new Step(
                        "the eleventh call in a second is 429; after its Retry-After it is 200 again", this::rateLimit),
                new Step("a deleted user leaves as two versions of one event, and is forgotten once", this::deletion),
                new Step("with the broker away a deletion still succeeds, and arrives later, once", this::outage));
    }

    private void takeBrokerAwayIfChosen() {
        if (outageAt.test(step)) {
            awaitAge();
            out.accept(stage.broker().takeAway());
            FutureTask<String> task = new FutureTask<>(stage.broker()::bringBack);
            returning = task;
            new Thread(task, "demo broker returns").start();
        }
    }

    private void awaitReturn() {
        Future<String> back = returning;
        if (back != null) {
            returning = null;
            try {
                out.accept(back.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new StepFailed("the broker did not come back: " + e.getCause());
            }
            Wait.until("both services listen again", PATIENCE, stage::listening);
        }
    }

    private void oneCall() {
        takeBrokerAwayIfChosen();
        stage.wire().drain();
        Caller.Answer page = caller.get(
                at(stage.likes().uri(), "/pages/" + PAGE),
                Optional.of(stage.clients().token()),
                Optional.of(TRACE));
        out.accept("GET /pages/" + PAGE + " at likes -> " + page.status() + " " + page.body());
        List<WireTap.Seen> seen = printed(stage.wire().drain());
        expect(page.status() == 200, "the page answers 200, not " + page.status());
        expect(seen.size() == 1, "users saw 1 call, not " + seen.size());
        expect(
                seen.get(0).traceparent().equals(Optional.of(TRACE)),
                "the caller's traceparent arrived at users, not " + seen.get(0).traceparent());
        expect(
                seen.get(0)
                        .authorization()
                        .equals(Optional.of("Bearer " + stage.clients().token())),
                "the caller's token arrived at users");
    }

    private void fiftyInOne() {
        takeBrokerAwayIfChosen();
        stage.wire().drain();
        Caller.Answer likes = caller.get(
                at(stage.likes().uri(), "/pages/" + PAGE + "/likes"),
                Optional.of(stage.clients().token()),
                Optional.of(TRACE));
        int names = likes.body().split("\"User ", -1).length - 1;
        out.accept("GET /pages/" + PAGE + "/likes at likes -> " + likes.status() + " with " + names + " names");
        List<WireTap.Seen> seen = printed(stage.wire().drain());
        expect(names == USERS, "the page names " + USERS + " users, not " + names);
        expect(seen.size() == 1, "users saw 1 call, not " + seen.size());
    }

    private void migration() {
        takeBrokerAwayIfChosen();
        stage.wire().drain();
        Clients clients = stage.clients();
        try (Migration users = new Migration(stage.users().uri(), clients::token)) {
            out.accept("plan local: " + users.read(MigrationPlan.local(), Migration.SAME));
            expect(stage.wire().drain().isEmpty(), "with the plan local nothing is sent");

            out.accept("plan shadow: " + users.read(MigrationPlan.shadow(), Migration.SAME));
            expectSaid(users, "users get: both sides agree");
            User outdated = users.read(MigrationPlan.shadow(), Migration.OUTDATED);
            out.accept("plan shadow: " + outdated);
            expect(!outdated.name().equals("User " + Migration.OUTDATED), "the table still answers");
            expectSaid(users, "users get: the sides differ in [name]");
            printed(stage.wire().drain());

            User moved = users.read(MigrationPlan.remote(), Migration.OUTDATED);
            out.accept("plan remote: " + moved);
            expect(moved.name().equals("User " + Migration.OUTDATED), "the service answers now");
            expect(printed(stage.wire().drain()).size() == 1, "users saw 1 call");
        }
    }

    private void expectSaid(Migration users, String what) {
        String said = users.said();
        out.accept("beside the answer: " + said);
        expect(said.equals(what), what + ", not " + said);
    }

    private void tokens() {
        takeBrokerAwayIfChosen();
        Clients clients = stage.clients();
        GeneratedToken next = clients.addToken();
        String old = clients.token();
        expectStatus("without a token", Optional.empty(), 401);
        expectStatus("with a wrong token", Optional.of(clients.wrongToken()), 401);
        expectStatus("while rotating, with the old token", Optional.of(old), 200);
        expectStatus("while rotating, with the new token", Optional.of(next.token()), 200);
        clients.keepOnly(next);
        expectStatus("after rotating, with the new token", Optional.of(next.token()), 200);
        expectStatus("after rotating, with the old token", Optional.of(old), 401);
    }

    private void expectStatus(String when, Optional<String> token, int status) {
        Caller.Answer answer = caller.get(at(stage.users().uri(), "/api/v1/users/1"), token, Optional.empty());
        out.accept("GET /api/v1/users/1 at users " + when + " -> " + answer.status()
                + (answer.status() == 200 ? "" : " " + answer.body()));
        expect(answer.status() == status, when + " the answer is " + status + ", not " + answer.status());
    }

    private void rateLimit() {
        takeBrokerAwayIfChosen();
        URI health = at(stage.likes().uri(), "/health");
        Wait.until("the limit has room for " + LIMIT + " calls again", PATIENCE, after(Duration.ofMillis(1_100)));
        int calls = 0;
        Caller.Answer answer;
        do {
            answer = caller.get(health, Optional.empty(), Optional.empty());
            calls++;
        } while (answer.status() == 200 && calls < 3 * LIMIT);
        out.accept("GET /health at likes: " + (calls - 1) + " calls -> 200, call " + calls + " -> " + answer.status()
                + " Retry-After: " + answer.retryAfter().orElse("none"));
        expect(answer.status() == 429, "a call in a burst is refused with 429, not " + answer.status());
        expect(calls > LIMIT, "the first " + LIMIT + " calls pass; call " + calls + " was refused");
        expect(answer.retryAfter().isPresent(), "the refusal carries Retry-After");
        recovery(health, Duration.ofSeconds(Long.parseLong(answer.retryAfter().orElseThrow())));
    }

    private void recovery(URI health, Duration retryAfter) {
        expect(
                retryAfter.compareTo(LONGEST_REFUSAL) <= 0,
                "Retry-After is " + LONGEST_REFUSAL.toSeconds() + " s at most, not " + retryAfter.toSeconds());
        Wait.until("Retry-After has passed", PATIENCE, after(retryAfter));
        Caller.Answer answer = caller.get(health, Optional.empty(), Optional.empty());
        out.accept("GET /health at likes, " + retryAfter.toSeconds() + " s later -> " + answer.status());
        expect(answer.status() == 200, "the call passes after Retry-After, and is not " + answer.status());
    }

    private void deletion() {
        delete(LEAVES_FIRST);
        takeBrokerAwayIfChosen();
        List<EventTap.Seen> seen = arrived(LEAVES_FIRST);
        expect(
                seen.stream()
                        .map(EventTap.Seen::routingKey)
                        .distinct()
                        .toList()
                        .equals(List.of("user.deleted.1.0.0", "user.deleted.2.0.0")),
                "both versions arrived, not " + seen);
        expect(seen.stream().map(EventTap.Seen::eventId).distinct().count() == 1, "both versions are one event");
    }

    private void outage() {
        awaitAge();
        out.accept(stage.broker().takeAway());
        Wait.until("the services notice", PATIENCE, () -> !stage.listening());
        delete(LEAVES_WHILE_BROKER_IS_AWAY);
        long waiting = stage.users().pending();
        out.accept("outbox at users: " + waiting + " messages wait");
        expect(waiting == 2, "2 messages wait in the outbox, not " + waiting);
        expect(stage.likes().likes().timesForgotten(LEAVES_WHILE_BROKER_IS_AWAY) == 0, "likes has not heard of it yet");
        out.accept(stage.broker().bringBack());
        takeBrokerAwayIfChosen();
        arrived(LEAVES_WHILE_BROKER_IS_AWAY);
    }

    private void awaitAge() {
        // A quorum queue younger than about a second can lose confirmed messages in a kill: a fault of RabbitMQ 3.10.
        Wait.until("the queues are old enough to survive a kill", PATIENCE, () -> stage.age() > QUEUE_AGE);
    }

    private void delete(long user) {
        Caller.Answer answer = caller.delete(
                at(stage.users().uri(), "/api/v1/users/" + user),
                stage.clients().token());
        out.accept("DELETE /api/v1/users/" + user + " at users -> " + answer.status());
        expect(answer.status() == 204, "the deletion answers 204, not " + answer.status());
    }

    private List<EventTap.Seen> arrived(long user) {
        Wait.until(
                "likes has forgotten user " + user + " and both versions were seen",
                PATIENCE,
                () -> stage.likes().likes().timesForgotten(user) > 0
                        && stage.taps().stream()
                                .noneMatch(tap -> tap.about(user).isEmpty()));
        Wait.until("the outbox is empty", PATIENCE, () -> stage.users().pending() == 0);
        Wait.until("whatever comes twice has come", PATIENCE, after(SETTLING));
        List<EventTap.Seen> seen =
                stage.taps().stream().flatMap(tap -> tap.about(user).stream()).toList();
        seen.forEach(message -> out.accept("on the wire: " + message.line()));
        int times = stage.likes().likes().timesForgotten(user);
        boolean stillLikes = stage.likes().likes().likersOf(PAGE).contains(user);
        out.accept("likes forgot user " + user + ": " + times + " time; the user's like is "
                + (stillLikes ? "still there" : "gone"));
        expect(times == 1, "the user is forgotten once, not " + times + " times");
        expect(!stillLikes, "the user's like is gone");
        return seen;
    }

    private List<WireTap.Seen> printed(List<WireTap.Seen> seen) {
        seen.forEach(request -> out.accept("on the wire, at users: " + request.line()));
        return seen;
    }

    private static URI at(URI service, String path) {
        return service.resolve(path);
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new StepFailed("expected that " + what);
        }
    }

    private static BooleanSupplier after(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() >= end;
    }
}
