package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.junit.jupiter.api.Test;

/** A data loader needs one line to load with getAll, on any thread and on behalf of the request. */
class DataLoaderTest {

    @Test
    void a_data_loader_asks_once_for_all_with_the_headers_of_the_request() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (TestServer server = server()) {
            RemoteModel<Book, Long> books = server.books();
            RequestContext request = TestServer.context("traceparent", "00-1");
            DataLoader<Long, Book> loader = DataLoaderFactory.newMappedDataLoader(
                    ids -> CompletableFuture.supplyAsync(() -> books.getAll(ids), request.wrap(pool)));
            CompletableFuture<Book> one = loader.load(1L);
            CompletableFuture<Book> two = loader.load(2L);
            CompletableFuture<Book> missing = loader.load(9L);
            CompletableFuture<?> unused = loader.dispatch();

            assertThat(one.get(20, TimeUnit.SECONDS).id()).isEqualTo(1);
            assertThat(two.get(20, TimeUnit.SECONDS).id()).isEqualTo(2);
            assertThat(missing.get(20, TimeUnit.SECONDS)).isNull();
            assertThat(server.requests).singleElement().satisfies(sent -> {
                assertThat(sent.getTarget()).isEqualTo("/api/v1/books?id__in=1%2C2%2C9");
                assertThat(sent.getHeaders().get("traceparent")).isEqualTo("00-1");
            });
        } finally {
            pool.shutdownNow();
        }
    }

    private static TestServer server() throws IOException {
        return TestServer.answering(TestServer.json(200, "[{\"id\":2},{\"id\":1}]"));
    }
}
