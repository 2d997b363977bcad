package dev.dowel.remotemodel;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** One side of a migration: in memory, keeps what it was asked, and does something before it answers. */
final class SideDouble implements Repository<Book, Long> {

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Repository<Book, Long> books = InMemoryRepository.builder(Book.class, IdCodec.LONG, Book::id)
            .onCreate((book, number) ->
                    book.id() != null ? book : new Book(number, book.title(), book.price(), book.nick()))
            .pageSize(3)
            .build();
    private volatile Runnable before = () -> {};

    /** What happens from now on before an answer. */
    SideDouble before(Runnable happens) {
        this.before = happens;
        return this;
    }

    SideDouble failing(RuntimeException failure) {
        return before(() -> {
            throw failure;
        });
    }

    /** Holds a book without being asked. */
    SideDouble holding(Book... some) {
        for (Book book : some) {
            books.delete(book.id());
            books.create(book);
        }
        return this;
    }

    Repository<Book, Long> content() {
        return books;
    }

    private <R> R ask(String what, Supplier<R> answer) {
        asked.add(what);
        before.run();
        return answer.get();
    }

    @Override
    public Optional<Book> find(Long id) {
        return ask("find " + id, () -> books.find(id));
    }

    @Override
    public Book get(Long id) {
        return ask("get " + id, () -> books.get(id));
    }

    @Override
    public Map<Long, Book> getAll(Collection<Long> ids) {
        return ask("getAll " + ids, () -> books.getAll(ids));
    }

    @Override
    public Page<Book> filter(Query query) {
        return ask("filter", () -> books.filter(query));
    }

    @Override
    public Book create(Book book) {
        return ask("create " + book.id(), () -> books.create(book));
    }

    @Override
    public Book update(Long id, Book book) {
        return ask("update " + id, () -> books.update(id, book));
    }

    @Override
    public Book patch(Long id, Patch patch) {
        return ask("patch " + id, () -> books.patch(id, patch));
    }

    @Override
    public boolean delete(Long id) {
        return ask("delete " + id, () -> books.delete(id));
    }
}
