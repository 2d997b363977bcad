package dev.dowel.remotemodel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What several tests need. */
final class Fixtures {

    private Fixtures() {}

    /** Books whose id is their title. */
    static RemoteModel<Book, String> texts(TestServer server, IdPolicy policy) {
        return texts(server.service(), policy);
    }

    static RemoteModel<Book, String> texts(RemoteService.Builder service, IdPolicy policy) {
        return service.build()
                .model("books", Book.class, IdCodec.STRING)
                .id(Book::title)
                .idPolicy(policy)
                .build();
    }

    /** Waits for something that is sure to happen. */
    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("it did not happen");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
