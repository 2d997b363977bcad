package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
