package dev.dowel.remotemodel;

import org.junit.jupiter.api.AfterEach;

class MigratingRampDownContractTest extends RepositoryContract<Book> {

    private MigratingRepository<Book, Long> books;

    @Override
    protected Repository<Book, Long> repository() {
        books = MigratingRepository.builder("books", new SideDouble(), new SideDouble(), IdCodec.LONG)
                .plan(MigrationPlan::rampDown)
                .build();
        return books;
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
        books.close();
    }
}
