package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What models and entities of a team's own may have in common. */
class GenericModelTest {

    private TestServer server;

    /** What all models of a team have. */
    abstract static class Remote<T> extends RemoteModel<T, Long> {
        Remote(RemoteService service, String entity, Class<T> type, Function<T, Long> id) {
            super(service.model(entity, type, IdCodec.LONG).id(id));
        }

        Optional<T> newest() {
            return filter(Query.all().orderBy("-id").size(1)).stream().findFirst();
        }
    }

    static final class Books extends Remote<Book> {
        Books(RemoteService service) {
            super(service, "books", Book.class, Book::id);
        }
    }

    /** What all entities of a team have. */
    public abstract static class Entity<K> {
        public K id;
    }

    public static final class Pizza extends Entity<Long> {
        public String title;
    }

    static final class Pizzas extends Remote<Pizza> {
        Pizzas(RemoteService service) {
            super(service, "pizzas", Pizza.class, pizza -> pizza.id);
        }
    }

    public record Box<T>(T content) {}

    @BeforeEach
    void start() throws IOException {
        String item = "{\"id\":7,\"title\":\"Seven\",\"price\":7}";
        server = new TestServer(request -> TestServer.json(
                request.getMethod().equals("POST") ? 201 : 200,
                request.getMethod().equals("GET") && request.getUrl().pathSize() == 3 ? "[" + item + "]" : item));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_generic_base_class_of_models_reads_and_writes_the_entities_of_each_subclass() {
        Books books = new Books(server.service().build());
        Book seven = new Book(7L, "Seven", 7, null);

        assertThat(books.get(7L)).isEqualTo(seven);
        assertThat(books.getAll(List.of(7L))).containsExactly(Map.entry(7L, seven));
        assertThat(books.newest()).contains(seven);
        assertThat(books.create(Book.titled("Seven", 7))).isEqualTo(seven);
        assertThat(books.in(TestServer.context()).update(7L, seven)).isEqualTo(seven);
    }

    @Test
    void an_entity_has_the_types_that_it_gives_to_a_generic_base_class() {
        Pizzas pizzas = new Pizzas(server.service().build());

        assertThat(pizzas.get(7L).id).isEqualTo(7L);
        assertThat(pizzas.getAll(List.of(7L)).get(7L).title).isEqualTo("Seven");
        assertThat(pizzas.newest().orElseThrow().id).isEqualTo(7L);
    }

    @Test
    void an_entity_without_a_class_of_its_own_is_a_map() {
        RemoteModel<?, Long> anything =
                server.service().build().model("books", Map.class, IdCodec.LONG).build();

        assertThat(anything.get(7L)).isEqualTo(Map.of("id", 7, "title", "Seven", "price", 7));
    }

    @Test
    void a_class_that_leaves_a_type_open_is_refused_when_the_model_is_made() {
        RemoteService service = server.service().build();

        assertThatThrownBy(() -> service.model("boxes", Box.class, IdCodec.LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("type Box leaves a type open, which a Class cannot tell; give a class that fixes it");
        assertThatThrownBy(() -> service.model("pizzas", Entity.class, IdCodec.LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Entity");
        assertThatThrownBy(() -> service.model("numbers", long.class, IdCodec.LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("type long is a primitive, which no JSON is read as; give a class");
    }
}
