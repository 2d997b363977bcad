package dev.dowel.remotemodel;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Walks pages one after the other, fetching each as late as possible. */
final class PageStream<T> implements Iterator<T> {

    static final int DEFAULT_PAGES = 1_000;

    private final boolean failBeyond;
    private Page<T> page;
    private Iterator<T> items;
    private final int maxPages;
    private int index;

    private PageStream(Page<T> first, int maxPages, boolean failBeyond) {
        this.page = first;
        this.items = first.items().iterator();
        this.maxPages = maxPages;
        this.failBeyond = failBeyond;
    }

    static <T> Stream<T> of(Page<T> first, int maxPages, boolean failBeyond) {
        if (maxPages < 1) {
            throw new IllegalArgumentException("maxPages must be at least 1 but is " + maxPages);
        }
        Iterator<T> walk = new PageStream<>(first, maxPages, failBeyond);
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(walk, traits), false);
    }

    @Override
    public boolean hasNext() {
        while (!items.hasNext()) {
            boolean atLimit = index == maxPages - 1;
            if (atLimit && !failBeyond) {
                return false;
            }
            Optional<Page<T>> following = fetch();
            if (following.isEmpty()) {
                return false;
            }
            if (atLimit) {
                throw new IllegalStateException(
                        "the list has more than " + DEFAULT_PAGES + " pages; narrow the query or use stream(maxPages)");
            }
            page = following.get();
            items = page.items().iterator();
            index++;
        }
        return true;
    }

    private Optional<Page<T>> fetch() {
        try {
            return page.next();
        } catch (RemoteModelException e) {
            throw new PageException(index + 1, e);
        }
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return items.next();
    }
}
