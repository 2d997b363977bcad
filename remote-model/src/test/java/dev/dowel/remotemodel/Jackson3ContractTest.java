package dev.dowel.remotemodel;

import dev.dowel.remotemodel.jackson3.Jackson3Codec;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contract over Jackson 3, remote and in memory. */
class Jackson3ContractTest {

    private abstract static class OfBooks extends RepositoryContract<Book> {
        @Override
        protected Book entity(Book book) {
            return book;
        }

        @Override
        protected Book book(Book entity) {
            return entity;
        }
    }

    @Nested
    class Remote extends OfBooks {

        private TestServer server;

        @Override
        protected Repository<Book, Long> repository() throws IOException {
            DjangoServer django = new DjangoServer(3, "http://internal.invalid:8000");
            server = new TestServer(django::answer);
            return TestServer.books(server.service().json(Jackson3Codec.create()))
                    .in(TestServer.context());
        }

        @AfterEach
        void stop() {
            server.close();
        }
    }

    @Nested
    class InMemory extends OfBooks {

        @Override
        protected Repository<Book, Long> repository() {
            return InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id)
                    .onCreate((book, number) -> new Book(number, book.title(), book.price(), book.nick()))
                    .pageSize(3)
                    .json(Jackson3Codec.create())
                    .build();
        }
    }
}
