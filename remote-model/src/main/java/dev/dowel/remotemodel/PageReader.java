package dev.dowel.remotemodel;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Reads a page of a list, whatever shape it has, and finds the next one. */
final class PageReader<T, ID> {

    private static final String PAGE = "page";

    private final Endpoint<T, ID> endpoint;
    private final Type array;
    private final Type django;
    private final Type spring;

    PageReader(Endpoint<T, ID> endpoint) {
        this.endpoint = endpoint;
        Class<T> type = endpoint.options().type;
        this.array = new PageDocument.Of(List.class, type);
        this.django = new PageDocument.Of(PageDocument.Django.class, type);
        this.spring = new PageDocument.Of(PageDocument.Spring.class, type);
    }

    /**
     * A page as it was read.
     *
     * @param items what stands on it
     * @param next gives our URL of the page after it; fails when there is one that is not ours, which must not keep
     *     anyone from this page
     * @param count how many there are on all pages
     */
    record Read<T>(List<T> items, Supplier<Optional<HttpUrl>> next, OptionalLong count) {}

    @SuppressWarnings("unchecked") // The codec was asked for a document of the entity's type.
    Read<T> read(Ask ask, Reply reply) {
        if (startsArray(reply.body())) {
            return array(ask, reply, (List<@Nullable T>) endpoint.decode(ask, reply.body(), array));
        }
        PageDocument.Django<T> page = (PageDocument.Django<T>) endpoint.decode(ask, reply.body(), django);
        if (page.results() != null) {
            requirePaging(ask, reply, page);
            OptionalLong count = optional(page.count());
            String next = page.next() == null ? "" : page.next();
            return new Read<>(items(ask, page.results()), () -> ours(ask, next), count);
        }
        PageDocument.Spring<T> other = (PageDocument.Spring<T>) endpoint.decode(ask, reply.body(), spring);
        if (other.content() == null) {
            throw new RemoteDecodeException(
                    ask + " answered with an object that has neither results nor content; a list"
                            + " is an array, an object with results, next and count, or one with content and page");
        }
        requireAsked(ask, other.numbers().number());
        return new Read<>(
                items(ask, other.content()),
                () -> following(ask, other),
                optional(other.numbers().totalElements()));
    }

    private Read<T> array(Ask ask, Reply reply, List<@Nullable T> items) {
        OptionalLong count = reply.links().isPart() ? OptionalLong.empty() : OptionalLong.of(items.size());
        return new Read<>(items(ask, items), () -> ours(ask, reply.links().next()), count);
    }

    private Optional<HttpUrl> ours(Ask ask, String link) {
        if (link.isEmpty()) {
            return Optional.empty();
        }
        Optional<HttpUrl> url = endpoint.urls().rebase(link);
        if (url.isEmpty()) {
            throw new RemoteDecodeException(ask + " answered with a next link that does not belong to this list");
        }
        return url;
    }

    /** Spring Data gives numbers in place of links: the next page is the same query with the next number. */
    private Optional<HttpUrl> following(Ask ask, PageDocument.Spring<T> page) {
        PageDocument.Numbers at = page.numbers();
        Long number = at.number();
        Long pages = at.totalPages();
        if (page.last() != null ? page.last() : pages != null && number != null && number + 1 >= pages) {
            return Optional.empty();
        }
        if (number == null || (page.last() == null && pages == null)) {
            throw new RemoteDecodeException(ask + " answered with content but does not say whether it is the last page;"
                    + " it needs last and number, or number and totalPages");
        }
        return Optional.of(ask.url()
                .newBuilder()
                .setQueryParameter(PAGE, Long.toString(number + 1))
                .build());
    }

    /** A service that counts pages from 1 in the query and from 0 in the answer would give the first page twice. */
    private static void requireAsked(Ask ask, @Nullable Long number) {
        String asked = ask.url().queryParameter(PAGE);
        if (asked != null && number != null && !asked.equals(Long.toString(number))) {
            throw new RemoteDecodeException(
                    ask + " was asked for another page than it says it answered with; pages must count from 0 in both,"
                            + " as without spring.data.web.pageable.one-indexed-parameters");
        }
    }

    /** An object with results of another kind may name its next page in a way nobody here reads, and be cut silently. */
    private void requirePaging(Ask ask, Reply reply, PageDocument.Django<T> page) {
        if (page.next() == null && page.count() == null) {
            Map<?, ?> members = (Map<?, ?>) endpoint.decode(ask, reply.body(), Map.class);
            if (!members.containsKey("next") && !members.containsKey("previous") && !members.containsKey("count")) {
                throw new RemoteDecodeException(ask + " answered with an object that has results, but neither next nor"
                        + " previous nor count, so nobody knows whether there is more");
            }
        }
    }

    private static <T> List<T> items(Ask ask, List<@Nullable T> results) {
        List<T> items = new ArrayList<>(results.size());
        for (T item : results) {
            if (item == null) {
                throw new RemoteDecodeException(ask + " answered with a list that holds null");
            }
            items.add(item);
        }
        return Collections.unmodifiableList(items);
    }

    private static OptionalLong optional(@Nullable Long number) {
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static boolean startsArray(byte[] body) {
        for (byte b : body) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b == '[';
            }
        }
        return false;
    }
}
