package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a model may be told about its entities, and what it tells about its use. */
class SharingTest {

    private static final String ITEM = "{ \"id\" : 7, \"title\":\"B\\u00f6ok\" , \"n\":1.50 }";

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(request -> {
            if (request.getUrl().pathSize() > 3) {
                return TestServer.json(200, ITEM)
                        .newBuilder()
                        .setHeader("ETag", "\"1\"")
                        .build();
            }
            String user = request.getHeaders().get("Authorization");
            return TestServer.json(
                    200, "{\"count\":2,\"results\": [" + ITEM + ",{\"id\":8,\"title\":\"" + user + "\"}]}");
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteModel.Builder<Book, Long> options() {
        return server.service().build().model("books", Book.class, IdCodec.LONG).id(Book::id);
    }

    @Test
    void readers_share_an_instance_when_told_so_and_only_then() {
        RemoteModel<Book, Long> shared =
                options().shareCachedInstances().build().in(TestServer.context());
        Book first = shared.get(7L);
        Page<Book> page = shared.filter(Query.all());

        assertThat(shared.get(7L)).isSameAs(first);
        assertThat(shared.getAll(List.of(7L)).get(7L)).isSameAs(first);
        assertThat(shared.findTagged(7L).orElseThrow().entity()).isSameAs(first);
        assertThat(shared.filter(Query.all()).items()).isSameAs(page.items());
        assertThat(server.requests).hasSize(2);

        RemoteModel<Book, Long> copied = options().build().in(TestServer.context());
        assertThat(copied.get(7L)).isEqualTo(copied.get(7L)).isNotSameAs(copied.get(7L));
    }

    @Test
    void a_batch_and_the_gets_after_it_share_an_instance() {
        RemoteModel<Book, Long> books = options().shareCachedInstances().build().in(TestServer.context());
        Book inBatch = books.getAll(List.of(7L, 8L)).get(7L);

        assertThat(books.get(7L)).isSameAs(inBatch);
        assertThat(books.getAll(List.of(7L)).get(7L)).isSameAs(inBatch);
    }

    @Test
    void two_requests_or_identities_share_nothing() {
        RemoteModel<Book, Long> books = options().shareCachedInstances().build();
        RequestContext context = TestServer.context();
        Book mine = books.in(context).get(7L);

        assertThat(books.in(TestServer.context()).get(7L)).isNotSameAs(mine);
        assertThat(books.in(context).as(Credentials.bearer(() -> "bob")).get(7L))
                .isNotSameAs(mine);
        assertThat(books.get(7L)).isNotSameAs(books.get(7L));
    }

    @Test
    void two_models_of_one_entity_with_different_types_do_not_mix_them_up() {
        RequestContext context = TestServer.context();
        RemoteService service = server.service().build();
        RemoteModel<Book, Long> books = service.model("books", Book.class, IdCodec.LONG)
                .shareCachedInstances()
                .build()
                .in(context);
        RemoteModel<Title, Long> titles = service.model("books", Title.class, IdCodec.LONG)
                .shareCachedInstances()
                .build()
                .in(context);

        for (int i = 0; i < 3; i++) {
            assertThat(books.get(7L).title()).isEqualTo("Böok");
            assertThat(titles.get(7L).title()).isEqualTo("Böok");
        }
        assertThat(server.requests).hasSize(1);
    }

    record Title(String title) {}

    @Test
    void threads_that_ask_at_once_share_one_instance() throws Exception {
        RemoteModel<Book, Long> books = options().shareCachedInstances().build().in(TestServer.context());
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch done = new CountDownLatch(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 8; i++) {
            threads.execute(() -> {
                seen.add(System.identityHashCode(books.get(7L)));
                done.countDown();
            });
        }
        Fixtures.await(done);
        threads.shutdown();

        assertThat(seen).hasSize(1);
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void after_a_write_there_is_a_new_instance() {
        RemoteModel<Book, Long> books = options().shareCachedInstances().build().in(TestServer.context());
        Book before = books.get(7L);
        books.patch(7L, Patch.of("price", 1));

        assertThat(books.get(7L)).isNotSameAs(before);
    }

    @Test
    void a_list_that_is_complete_answers_gets_byte_for_byte_and_for_the_same_identity_only() {
        RequestContext context = TestServer.context();
        RemoteModel<Book, Long> books = options().listItemsAreComplete().build().in(context);
        RemoteModel<Book, Long> bob = books.as(Credentials.bearer(() -> "bob"));
        books.filter(Query.all());

        assertThat(books.get(7L).title()).isEqualTo("Böok");
        assertThat(books.get(8L).title()).isEqualTo("null");
        assertThat(books.getAll(List.of(7L, 8L))).hasSize(2);
        assertThat(server.requests).hasSize(1);
        CacheKey key = new CacheKey(
                new EntityScope("library", "books"),
                server.base() + "/api/v1/books",
                true,
                "7",
                Caller.of(server.service().build(), View.PLAIN.in(context)).identity());
        assertThat(new String(context.cache().peek(key).body(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(ITEM);

        bob.get(7L);
        assertThat(server.requests).hasSize(2);
        bob.filter(Query.all());
        assertThat(bob.get(8L).title()).isEqualTo("Bearer bob");
        assertThat(books.get(8L).title()).isEqualTo("null");
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void an_etag_is_asked_for_when_the_entity_came_in_a_list() {
        RemoteModel<Book, Long> books = options().listItemsAreComplete().build().in(TestServer.context());
        books.filter(Query.all());

        assertThat(books.findTagged(7L).orElseThrow().etag()).isEqualTo("\"1\"");
    }

    @Test
    void a_list_that_is_not_declared_complete_answers_no_get() {
        RemoteModel<Book, Long> books = options().build().in(TestServer.context());
        books.filter(Query.all());
        books.get(7L);

        assertThat(server.requests).hasSize(2);
    }

    @Test
    void complete_lists_need_to_know_the_id() {
        RemoteModel.Builder<Book, Long> options = server.service()
                .build()
                .model("books", Book.class, IdCodec.LONG)
                .listItemsAreComplete();

        assertThatThrownBy(options::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("id(...)");
    }

    @Test
    void only_single_gets_over_the_network_count_as_many_and_each_request_and_entity_apart() {
        ListAppender<ILoggingEvent> logs = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(RemoteModel.class);
        logger.setLevel(Level.WARN);
        logs.start();
        logger.addAppender(logs);
        List<Long> many = LongStream.rangeClosed(1, 50).boxed().toList();
        RemoteModel<Book, Long> one = options().batch(BatchStyle.NONE).build();
        RequestContext first = TestServer.context();

        one.in(first).getAll(many);
        one.in(first).tryGetAll(many);
        for (int i = 0; i < 50; i++) {
            one.in(first).get(7L);
        }
        many.forEach(one::get);
        assertThat(logs.list).isEmpty();

        RequestContext second = TestServer.context();
        many.forEach(one.in(second)::get);
        many.forEach(one.in(second).fresh()::get);
        assertThat(logs.list).hasSize(1);
        many.forEach(server.service()
                .build()
                .model("users", Book.class, IdCodec.LONG)
                .build()
                .in(second)::get);
        assertThat(logs.list).hasSize(2);
        RemoteService quiet = server.service().warnAfterGets(0).build();
        many.forEach(quiet.model("shelves", Book.class, IdCodec.LONG).build().in(second)::get);
        assertThat(logs.list).hasSize(2);
        logger.detachAppender(logs);
    }
}
