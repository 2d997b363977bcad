package dev.dowel.remotemodel;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One page of a list, which knows how to fetch the next. Iterating goes over this page and all after it, as {@link
 * #stream()} does.
 *
 * @param <T> the entity
 */
public interface Page<T> extends Iterable<T> {

    /**
     * Returns what is on this page.
     *
     * @return the entities, unmodifiable
     */
    List<T> items();

    /**
     * Returns how many entities the whole list has.
     *
     * @return the number, or empty when the owner does not tell
     */
    OptionalLong count();

    /**
     * Fetches the next page.
     *
     * @return the next page, or empty after the last
     * @throws RemoteDecodeException when the link to the next page does not belong to this list or leads back to a page
     *     already read
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    Optional<Page<T>> next();

    /**
     * Returns the entities of this page and those after it, fetching a page only when the stream reaches it. When that fails
     * the stream throws a {@link PageException}, which says how many pages it has handed out.
     *
     * @param maxPages how many pages to read at most, this one included; the stream ends there
     * @return the entities
     * @throws IllegalArgumentException when {@code maxPages} is less than 1
     */
    default Stream<T> stream(int maxPages) {
        return PageStream.of(this, maxPages, false);
    }

    /**
     * Returns the entities of this page and all after it, fetching a page only when the stream reaches it. When that fails
     * the stream throws a {@link PageException}, which says how many pages it has handed out. The stream fails with an {@link
     * IllegalStateException} rather than stop silently when there are more than 1,000 pages.
     *
     * @return the entities
     */
    default Stream<T> stream() {
        return PageStream.of(this, PageStream.DEFAULT_PAGES, true);
    }

    /**
     * Iterates over the entities of this page and all after it, as {@link #stream()}.
     *
     * @return the entities
     */
    @Override
    default Iterator<T> iterator() {
        return stream().iterator();
    }
}
