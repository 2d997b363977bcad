package dev.dowel.remotemodel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The lists of a remote model, page by page. */
final class Listing<T, ID> {

    private final Endpoint<T, ID> endpoint;
    private final PageReader<T, ID> reader;

    Listing(Endpoint<T, ID> endpoint) {
        this.endpoint = endpoint;
        this.reader = new PageReader<>(endpoint);
    }

    Page<T> filter(Query query, Caller caller) {
        if (query.matchesNothing()) {
            return new Fixed<>(List.of());
        }
        HttpUrl.Builder url = endpoint.urls().collection().newBuilder();
        query.conditions().forEach((name, values) -> url.addQueryParameter(name, String.join(",", values)));
        if (!query.ordering().isEmpty()) {
            url.addQueryParameter(Query.ORDERING, String.join(",", query.ordering()));
        }
        query.size().ifPresent(size -> url.addQueryParameter(Query.PAGE_SIZE, Integer.toString(size)));
        return cachedPage(url.build(), caller, new HashSet<>());
    }

    private Page<T> cachedPage(HttpUrl url, Caller caller, Set<String> visited) {
        Ask ask = Ask.get(endpoint.scope(), Operation.FILTER, url, caller);
        String canonical = canonical(url);
        visited.add(canonical);
        AtomicReference<PageReader.@Nullable Read<T>> loaded = new AtomicReference<>();
        CacheKey key = endpoint.key(false, canonical, caller);
        Reply reply = endpoint.read(key, caller, () -> load(ask, loaded));
        PageReader.@Nullable Read<T> page = loaded.get();
        try {
            return new RemotePage(ask, page == null ? read(ask, reply) : page, visited);
        } catch (RemoteDecodeException e) {
            endpoint.forget(key, caller);
            throw e;
        }
    }

    private Reply load(Ask ask, AtomicReference<PageReader.@Nullable Read<T>> loaded) {
        long generation = endpoint.items().generation(ask.caller());
        Reply reply = endpoint.list(ask).toReply();
        if (endpoint.options().listItemsAreComplete && ask.caller().context().isPresent()) {
            PageReader.Read<T> page = read(ask, reply);
            endpoint.items().storeAll(page.items(), reply, generation, ask.caller());
            loaded.set(page);
        }
        return reply;
    }

    private PageReader.Read<T> read(Ask ask, Reply reply) {
        return endpoint.shares(ask.caller())
                ? reply.decodedOnce(reader, () -> reader.read(ask, reply))
                : reader.read(ask, reply);
    }

    /** Reads a list to its end or until it is enough, each page as soon as it is there, without storing the pages. */
    void forEachPage(HttpUrl first, Caller caller, int maxPages, Predicate<Content<T>> use) {
        Set<String> visited = new HashSet<>();
        Optional<HttpUrl> url = Optional.of(first);
        while (url.isPresent()) {
            Ask ask = Ask.get(endpoint.scope(), Operation.GET_ALL, url.get(), caller);
            if (visited.size() == maxPages) {
                throw new RemoteDecodeException(ask + " has more pages than it was asked for entities");
            }
            visited.add(canonical(ask.url()));
            Reply reply = endpoint.list(ask).toReply();
            PageReader.Read<T> page = reader.read(ask, reply);
            boolean more = use.test(new Content<>(page.items(), reply));
            url = more ? following(ask, page, visited) : Optional.empty();
        }
    }

    /** What stood on a page, and the reply it stood in. */
    record Content<T>(List<T> items, Reply reply) {}

    /** Our URL of the page after this one; empty after the last. */
    private static <T> Optional<HttpUrl> following(Ask ask, PageReader.Read<T> page, Set<String> visited) {
        Optional<HttpUrl> next = page.next().get();
        if (next.isPresent() && visited.contains(canonical(next.get()))) {
            if (page.items().isEmpty()) {
                return Optional.empty();
            }
            throw new RemoteDecodeException(ask + " answered with a next link to a page already read");
        }
        return next;
    }

    /** The query with its parameters in one order, so that equal questions have equal keys. */
    private static String canonical(HttpUrl url) {
        String query = url.encodedQuery();
        if (query == null) {
            return "";
        }
        List<String> parameters = new ArrayList<>();
        for (String parameter : query.split("&", -1)) {
            parameters.add(sortedSet(parameter));
        }
        parameters.sort(null);
        return String.join("&", parameters);
    }

    private static String sortedSet(String parameter) {
        int start = parameter.indexOf('=') + 1;
        if (!parameter.substring(0, start).endsWith("__in=")) {
            return parameter;
        }
        String values = parameter.substring(start).replace("%2C", ",");
        return parameter.substring(0, start) + String.join(",", new TreeSet<>(List.of(values.split(",", -1))));
    }

    private final class RemotePage implements Page<T> {

        private final Ask ask;
        private final PageReader.Read<T> page;
        private final Set<String> visited;

        RemotePage(Ask ask, PageReader.Read<T> page, Set<String> visited) {
            this.ask = ask;
            this.page = page;
            this.visited = visited;
        }

        @Override
        public List<T> items() {
            return page.items();
        }

        @Override
        public OptionalLong count() {
            return page.count();
        }

        @Override
        public Optional<Page<T>> next() {
            return following(ask, page, visited)
                    .map(url -> cachedPage(url, ask.caller().again(), new HashSet<>(visited)));
        }

        @Override
        public String toString() {
            return "Page[" + items().size() + " of " + ask + "]";
        }
    }

    /** A page whose content is known without asking. */
    record Fixed<T>(List<T> items) implements Page<T> {

        @Override
        public OptionalLong count() {
            return OptionalLong.of(items.size());
        }

        @Override
        public Optional<Page<T>> next() {
            return Optional.empty();
        }
    }
}
