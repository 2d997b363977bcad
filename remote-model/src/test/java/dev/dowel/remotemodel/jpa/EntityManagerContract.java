package dev.dowel.remotemodel.jpa;

import dev.dowel.remotemodel.Book;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.Repository;
import dev.dowel.remotemodel.RepositoryContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The contract of every repository, over a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EntityManagerContract extends RepositoryContract<Rows.BookRow> {

    private final Database database = database();

    abstract Database database();

    @Override
    protected Repository<Rows.BookRow, Long> repository() {
        database.beside(manager -> manager.createNativeQuery("TRUNCATE TABLE Book RESTART IDENTITY")
                .executeUpdate());
        return EntityManagerRepository.builder(Rows.BookRow.class, IdCodec.LONG, database.factory)
                .pageSize(3)
                .build();
    }

    @Override
    protected Rows.BookRow entity(Book book) {
        return Rows.BookRow.of(book);
    }

    @Override
    protected Book book(Rows.BookRow entity) {
        return entity.book();
    }

    @AfterAll
    void stop() {
        database.close();
    }
}
