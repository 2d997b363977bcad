package dev.dowel.remotemodel;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

class RemoteModelContractTest extends RepositoryContract<Book> {

    private TestServer server;

    @Override
    protected Repository<Book, Long> repository() throws IOException {
        DjangoServer django = new DjangoServer(3, "http://internal.invalid:8000");
        server = new TestServer(django::answer);
        return server.books().in(TestServer.context());
    }

    @Override
    protected Book entity(Book book) {
        return book;
    }

    @Override
    protected Book book(Book entity) {
        return entity;
    }

    @AfterEach
    void stop() {
        server.close();
    }
}
