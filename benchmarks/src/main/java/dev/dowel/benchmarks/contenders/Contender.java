package dev.dowel.benchmarks.contenders;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** One library, set up as its manual says, asking for books. Safe for use by several threads. */
public interface Contender extends AutoCloseable {

    /** Returns the book, or throws what this library throws when there is none. */
    Book get(long id);

    /** Returns the book or empty. */
    Optional<Book> find(long id);

    /** Returns the hundred books of the list. */
    List<Book> list();

    /** Creates a book. */
    Book create(Book book);

    /** Returns several books; a loop of gets where the library has nothing for it. */
    default List<Book> getAll(Collection<Long> ids) {
        return ids.stream().map(this::get).toList();
    }

    /** Returns the contender as the code of one inbound request sees it; most know of no such thing. */
    default Contender inRequest() {
        return this;
    }

    /** Ends what was opened, but not the shared OkHttp client; of what {@link #inRequest} gave, ends the request only. */
    @Override
    default void close() {}
}
