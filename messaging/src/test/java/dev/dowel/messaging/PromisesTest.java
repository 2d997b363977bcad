package dev.dowel.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README names for each promise the tests that show it. */
class PromisesTest {
    private static final Pattern NAME = Pattern.compile("`(\\w+)`([^`]*)");
    private static final Pattern RULE = Pattern.compile("[pbd]\\d+");
    private static final Path TESTS = Path.of("src/test/java");

    @Test
    void each_promise_names_tests_that_are_there() throws IOException {
        Map<String, String> tests = tests();

        assertThat(promises()).hasSizeGreaterThan(10).allSatisfy(promise -> {
            List<String> named = named(promise).map(name -> name.group(1)).toList();
            assertThat(named).isNotEmpty().isSubsetOf(tests.keySet());
        });
    }

    @Test
    void each_rule_beside_a_test_begins_the_name_of_one_of_its_methods() throws IOException {
        Map<String, String> tests = tests();
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (MatchResult name : promises().stream().flatMap(PromisesTest::named).toList()) {
            for (MatchResult rule : RULE.matcher(name.group(2)).results().toList()) {
                if (tests.getOrDefault(name.group(1), "").contains(" void " + rule.group() + "_")) {
                    found++;
                } else {
                    missing.add(name.group(1) + " " + rule.group());
                }
            }
        }

        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(5);
    }

    @Test
    void no_promise_leaves_rules_out_between_two() throws IOException {
        assertThat(promises()).noneMatch(promise -> promise.matches(".*[pbd]\\d+ to .*"));
    }

    private static List<String> promises() throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.startsWith("| promise |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    private static Stream<MatchResult> named(String promise) {
        return NAME.matcher(promise.split("\\|", -1)[4]).results();
    }

    /** Returns the source of each test by its class. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString();
                sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
            }
        }
        return sources;
    }
}
