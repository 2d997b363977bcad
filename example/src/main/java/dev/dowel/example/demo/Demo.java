package dev.dowel.example.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntPredicate;

/** The project's main job: both services, the whole story, exit code 0 only if every step did what it says. */
public final class Demo {
    private static final int USERS_PORT = 8081;
    private static final int LIKES_PORT = 8082;
    private static final String EACH = "each";

    private Demo() {}

    /**
     * Runs the story; {@code --serve} leaves both services running, {@code --broker private|foreign|memory} chooses, {@code
     * --kill-at STEP|each} takes the broker away in that step or in each.
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.getenv(), System.out));
    }

    static int run(String[] arguments, Map<String, String> environment, PrintStream out) {
        boolean serve = false;
        BrokerChoice choice = BrokerChoice.AUTO;
        IntPredicate outageAt = step -> false;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--serve")) {
                serve = true;
            } else if (arguments[i].equals("--broker") && i + 1 < arguments.length) {
                choice = BrokerChoice.valueOf(arguments[++i].toUpperCase(Locale.ROOT));
            } else if (arguments[i].equals("--kill-at") && i + 1 < arguments.length && isStep(arguments[i + 1])) {
                String chosen = arguments[++i];
                outageAt = step -> chosen.equals(EACH) || chosen.equals(Integer.toString(step));
            } else {
                out.println("usage: demo [--serve] [--broker private|foreign|memory] [--kill-at STEP|each]");
                return 2;
            }
        }
        out.println("Starting the services users and likes ...");
        try (Stage stage = Stage.set(environment, choice, serve ? USERS_PORT : 0, serve ? LIKES_PORT : 0)) {
            out.println("broker    " + stage.broker().description());
            out.println("database  " + stage.databases().description());
            out.println("users     " + stage.users().uri());
            out.println("likes     " + stage.likes().uri());
            boolean good = tell(new Story(stage, line -> out.println("     " + line), outageAt).steps(), out);
            if (serve) {
                serve(stage, out);
            }
            return good ? 0 : 1;
        } catch (RuntimeException e) {
            out.println("FAILED: " + e.getMessage());
            return 1;
        }
    }

    private static boolean isStep(String text) {
        return text.equals(EACH) || text.matches("[1-7]");
    }

    static boolean tell(List<Story.Step> steps, PrintStream out) {
        List<String> table = new ArrayList<>();
        int failed = 0;
        int number = 0;
        for (Story.Step step : steps) {
            number++;
            out.println();
            out.println(" " + number + "  " + step.title());
            long start = System.nanoTime();
            String verdict = "ok";
            try {
                step.action().run();
            } catch (RuntimeException e) {
                verdict = "FAILED: " + e.getMessage();
                failed++;
            }
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            out.println("     " + verdict);
            table.add(String.format(
                    Locale.ROOT, " %d  %-78s %6d ms  %s", number, step.title(), millis, verdict.substring(0, 2)));
        }
        out.println();
        table.forEach(out::println);
        out.println();
        out.println(failed == 0 ? "Every step did what it says." : failed + " of " + number + " steps FAILED.");
        return failed == 0;
    }

    private static void serve(Stage stage, PrintStream out) {
        String token = stage.clients().token();
        out.println();
        out.println("Both services go on running; Ctrl-C ends them. Try:");
        out.println("  curl -i " + stage.likes().uri() + "/pages/" + Stage.PAGE);
        out.println("  TOKEN=" + token);
        out.println(
                "  curl -H \"Authorization: Bearer $TOKEN\" " + stage.likes().uri() + "/pages/" + Stage.PAGE);
        out.println("  curl -H \"Authorization: Bearer $TOKEN\" "
                + stage.likes().uri() + "/pages/" + Stage.PAGE + "/likes");
        out.println("  curl -X DELETE -H \"Authorization: Bearer $TOKEN\" "
                + stage.users().uri() + "/api/v1/users/3");
        out.println("  for i in $(seq 12); do curl -s -o /dev/null -w '%{http_code} ' "
                + stage.likes().uri() + "/health; done");
        Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "demo-end"));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
