package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

    @Test
    void nothing_that_a_provider_would_ignore_can_be_asked() {
        assertThatThrownBy(() -> Query.where("title", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Query.where("title", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.where("id__in", List.of("a", ""))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.where("id__in", List.of("a,b"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.where("id__in", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.where("id", List.of(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.where("id__range", List.of(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.where("id", 1).and("id", 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Query.all().size(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a&b", "a=b", "a b", "-a", "é", "ordering", "page_size"})
    void a_name_is_a_field(String name) {
        assertThatThrownBy(() -> Query.where(name, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_query_is_never_changed() {
        Query query = Query.where("a", 1);
        query.and("b", 2).orderBy("c").size(3);

        assertThat(query.conditions()).containsOnlyKeys("a");
        assertThat(query.ordering()).isEmpty();
        assertThatThrownBy(() -> query.orderBy("c;drop")).isInstanceOf(IllegalArgumentException.class);
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of(Query.all(), ""),
                Arguments.of(Query.where("nick__isnull", true), "?nick__isnull=true"),
                Arguments.of(Query.where("price__range", List.of(1, 20)), "?price__range=1%2C20"),
                Arguments.of(Query.where("title__in", List.of("a", "b c")), "?title__in=a%2Cb%20c"),
                Arguments.of(Query.where("price__lt", new BigDecimal("1E+3")), "?price__lt=1000"),
                Arguments.of(
                        Query.where("price__in", List.of(new BigDecimal("1E+3"), new BigDecimal("0.50"))),
                        "?price__in=1000%2C0.50"),
                Arguments.of(Query.where("title", "a&price=1#?+%"), "?title=a%26price%3D1%23%3F%2B%25"),
                Arguments.of(Query.where("title__icontains", "é"), "?title__icontains=%C3%A9"),
                Arguments.of(
                        Query.where("author__born__gte", LocalDate.of(1999, 12, 31)), "?author__born__gte=1999-12-31"),
                Arguments.of(Query.all().orderBy("-price", "title"), "?ordering=-price%2Ctitle"),
                Arguments.of(Query.all().size(50), "?page_size=50"),
                Arguments.of(
                        Query.all().size(50).orderBy("b").and("z", 1).and("a", 2), "?z=1&a=2&ordering=b&page_size=50"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("targets")
    void a_query_has_one_text_on_the_wire(Query query, String target) throws IOException {
        try (TestServer server = TestServer.answering(TestServer.json(200, "[]"))) {
            server.books().filter(query);

            assertThat(server.requests)
                    .extracting(RecordedRequest::getTarget)
                    .containsExactly("/api/v1/books" + target);
        }
    }
}
