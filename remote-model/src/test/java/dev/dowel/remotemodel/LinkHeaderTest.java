package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.dowel.remotemodel.LinkHeader.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkHeaderTest {

    static List<Arguments> nextLinks() {
        return List.of(
                Arguments.of("<http://x/?page=2>; rel=\"next\"", "http://x/?page=2"),
                Arguments.of("<?page=2>; rel=next", "?page=2"),
                Arguments.of("<?page=2>;rel=next", "?page=2"),
                Arguments.of("  < ?page=2 >  ;  REL  =  \"NEXT\"  ", "?page=2"),
                Arguments.of("<?page=2>; rel=\"last next\"", "?page=2"),
                Arguments.of("<?page=2>; rel=\"\tlast \t next \"", "?page=2"),
                Arguments.of("<?page=1>; rel=prev, <?page=3>; rel=next, <?page=9>; rel=last", "?page=3"),
                Arguments.of("<?page=1>; rel=\"prev\",<?page=3>; rel=\"next\"", "?page=3"),
                Arguments.of("<?page=1>; title=\"a, <?page=7>; rel=next\"; rel=prev, <?page=3>; rel=next", "?page=3"),
                Arguments.of(
                        "<?page=1>; title=\"a \\\" , <?page=7>; rel=next\"; rel=prev, <?page=3>; rel=next", "?page=3"),
                Arguments.of("<?page=2>; title*=UTF-8''%e2%82%ac%20next; rel=next", "?page=2"),
                Arguments.of("<?page=2>; title*=\"UTF-8'de'next\"; rel=\"next\"; type=\"text/html;x=1\"", "?page=2"),
                Arguments.of("<?a=1,2;3&page=2>; rel=next", "?a=1,2;3&page=2"),
                Arguments.of("<?page=2>; crossorigin; rel=next", "?page=2"),
                Arguments.of("<?page=2>;; ;rel=next;", "?page=2"),
                Arguments.of(", ,, <?page=2>; rel=next,,", "?page=2"),
                Arguments.of("<?page=2> junk; rel=next", "?page=2"),
                Arguments.of("junk, <?page=2>; rel=next", "?page=2"),
                Arguments.of("\"junk, <?page=7>; rel=next\", <?page=2>; rel=next", "?page=2"),
                Arguments.of("<?page=2>; rel=\"next", "?page=2"),
                Arguments.of("<?page=2>; rel=\"next\\", ""),
                Arguments.of("<>; rel=next", ""),
                Arguments.of("<?page=2>; rel=prev; rel=next", ""),
                Arguments.of("<?page=2>; rev=next", ""),
                Arguments.of("<?page=2>; rel=nextish", ""),
                Arguments.of("<?page=2>; rel=\"http://x/next\"", ""),
                Arguments.of("<?page=2>; rel=next; anchor=\"/other\"", ""),
                Arguments.of("<?page=2>; title=\"; rel=next", ""),
                Arguments.of("<?page=2>", ""),
                Arguments.of("?page=2; rel=next", ""),
                Arguments.of("<?page=2; rel=next", ""),
                Arguments.of("", ""));
    }

    @ParameterizedTest
    @MethodSource("nextLinks")
    void the_next_link_is_the_one_that_rfc_8288_means(String header, String next) {
        assertThat(PageLinks.of(List.of(header)).next()).isEqualTo(next);
    }

    @Test
    void links_may_stand_in_several_headers() {
        PageLinks links = PageLinks.of(List.of("<?page=1>; rel=\"prev first\"", "<?page=3>; rel=next"));

        assertThat(links).isEqualTo(new PageLinks("?page=3", true));
        assertThat(PageLinks.of(List.of("<?page=1>; rel=prev")).isPart()).isTrue();
        assertThat(PageLinks.of(List.of("</docs>; rel=deprecation")).isPart()).isFalse();
    }

    @Tag("fuzz")
    @Test
    void whatever_is_written_by_the_grammar_is_read_back() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            List<Link> links = new ArrayList<>();
            List<String> headers = new ArrayList<>();
            for (int header = random.nextInt(4); header > 0; header--) {
                StringBuilder text = new StringBuilder();
                for (int link = random.nextInt(5); link > 0; link--) {
                    text.append(text.isEmpty() ? "" : blank(random) + "," + blank(random));
                    text.append(write(random, links));
                }
                headers.add(text.toString());
            }

            assertThat(LinkHeader.parse(headers)).as("seed %s", seed).isEqualTo(links);
        }
    }

    private static String write(Random random, List<Link> links) {
        String target = "?p=" + random.nextInt(99) + pick(random, "", ",", ";", "\"", "=", "\\", "%20");
        List<String> relations = random.nextBoolean() ? List.of("next") : List.of("last", "next", "x.y:z");
        links.add(new Link(target, relations));
        List<String> parameters = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            parameters.add(pick(random, "title", "Title*", "hreflang", "rev") + "=" + quoted(random));
        }
        String joined = String.join(" ", relations);
        boolean token = relations.size() == 1 && random.nextBoolean();
        parameters.add(
                random.nextInt(parameters.size() + 1),
                pick(random, "rel", "REL", "Rel") + blank(random) + "=" + blank(random)
                        + (token ? joined : "\"" + joined + "\""));
        StringBuilder text = new StringBuilder("<" + target + ">");
        parameters.forEach(each ->
                text.append(blank(random)).append(';').append(blank(random)).append(each));
        return text.toString();
    }

    private static String quoted(Random random) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(pick(random, "a", ",", ";", "<", ">", "=", " ", "\\\"", "\\\\", "rel=next", "é"));
        }
        return text.append('"').toString();
    }

    private static String blank(Random random) {
        return pick(random, "", "", " ", "\t", "  ");
    }

    private static String pick(Random random, String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    @Tag("fuzz")
    @Test
    void whatever_comes_is_read_without_failing() {
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(pick(random, "<", ">", "\"", "\\", ";", ",", "=", " ", "rel", "next", "?p", "\u0000", "é"));
            }
            assertThat(LinkHeader.parse(List.of(text.toString()))).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                ">",
                "\"",
                "\\",
                ";",
                ",",
                "=",
                " ",
                "<>",
                "<>;",
                "<>,",
                "<>;rel=\"",
                "a",
                "<>;rel=a,",
                "\"\\",
                "<>;a=\"\",",
                ";=",
                ", ",
                "<>;rel=\"a \"",
                "\"<"
            })
    void a_header_of_a_megabyte_takes_no_longer_than_its_length(String part) {
        String header = part.repeat(1_000_000 / part.length());
        String tail = "<?page=2>; rel=\"" + " ".repeat(1_000_000);

        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            LinkHeader.parse(List.of(header));
            LinkHeader.parse(List.of(tail + header));
        });
    }
}
