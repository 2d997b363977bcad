package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What counts as a difference between two answers, and how it is named. */
@SuppressWarnings("try") // Scopes are opened to be closed.
class ComparisonTest {

    private static final Comparison EXACT = comparison(0, true);

    private static Comparison comparison(double tolerance, boolean ordered, String... ignored) {
        return new Comparison(JsonCodec.jackson2(), java.util.Set.of(ignored), tolerance, ordered);
    }

    private static List<String> differences(Comparison comparison, Object one, Object other) {
        return comparison.differences(comparison.one(one), comparison.one(other));
    }

    @Test
    void a_difference_is_named_by_its_path_in_the_entity() {
        Map<String, Object> one = Map.of("a", 1, "b", Map.of("c", "x", "d", "y"), "l", List.of(Map.of("p", 1)));
        Map<String, Object> other = Map.of("a", 1.0, "b", Map.of("c", "z", "d", "y"), "l", List.of(Map.of("p", 2)));

        assertThat(differences(EXACT, one, other)).containsExactly("b.c", "l[].p");
        assertThat(differences(comparison(0, true, "b", "l[].p"), one, other)).isEmpty();
        assertThat(differences(comparison(1, true, "b.c"), one, other)).isEmpty();
        assertThat(differences(comparison(0.5, true, "b.c"), one, other)).containsExactly("l[].p");
        assertThat(differences(EXACT, Map.of("l", List.of(1)), Map.of("l", List.of())))
                .containsExactly("l");
        assertThat(differences(EXACT, Map.of("n", 1), Map.of("n", "1"))).containsExactly("n");
        assertThat(differences(EXACT, Map.of("x", 1), Map.of())).containsExactly("x");
        assertThat(differences(EXACT, Map.of("canary@x", 1), Map.of())).containsExactly("*");
    }

    @Test
    void order_matters_unless_it_is_ignored() {
        Map<String, Object> one = Map.of("l", List.of(Map.of("p", 1, "at", 5), Map.of("p", 2, "at", 6)));
        Map<String, Object> other = Map.of("l", List.of(Map.of("p", 2, "at", 7), Map.of("p", 1, "at", 9)));

        assertThat(differences(comparison(0, true, "l[].at"), one, other)).containsExactly("l[].p");
        assertThat(differences(comparison(0, false, "l[].at"), one, other)).isEmpty();
        assertThat(differences(comparison(0, false), one, other)).contains("l[].at");
        Comparison loose = comparison(0, false);
        assertThat(loose.differences(loose.many(List.of(1, 2)), loose.many(List.of(2, 1))))
                .isEmpty();
        assertThat(EXACT.differences(EXACT.many(List.of(1, 2)), EXACT.many(List.of(2, 1))))
                .isNotEmpty();
    }

    @Test
    void of_pages_with_different_sizes_in_lists_of_equal_length_what_both_have_is_compared() {
        for (boolean ordered : List.of(true, false)) {
            Comparison comparison = comparison(0, ordered);
            Comparison.Seen two =
                    new Comparison.Seen(comparison.many(List.of(2, 1)).entities(), OptionalLong.of(4));
            Comparison.Seen three =
                    new Comparison.Seen(comparison.many(List.of(2, 1, 0)).entities(), OptionalLong.of(4));
            Comparison.Seen other =
                    new Comparison.Seen(comparison.many(List.of(2, 9, 1)).entities(), OptionalLong.of(4));

            assertThat(comparison.differences(two, three)).isEmpty();
            assertThat(comparison.differences(two, other)).isNotEmpty();
        }
    }

    @Test
    void at_most_20_paths_are_named() {
        Map<String, Object> one = new java.util.HashMap<>();
        for (int i = 0; i < 50; i++) {
            one.put("f" + i, i);
        }

        assertThat(differences(EXACT, one, Map.of())).hasSize(20);
    }
}
