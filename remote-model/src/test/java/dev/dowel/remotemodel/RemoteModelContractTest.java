package dev.dowel.remotemodel;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

class RemoteModelContractTest extends RepositoryContract {

    private TestServer server;

    @Override
    Repository<Book, Long> repository() throws IOException {
        DjangoServer django = new DjangoServer(3, "http://internal.invalid:8000");
        server = new TestServer(django::answer);
        return server.books().in(TestServer.context());
    }

    @AfterEach
    void stop() {
        server.close();
    }
}
