package dev.dowel.remotemodel;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The lists of a remote model, page by page. */
final class Listing<T, ID> {

    private static final Pattern NEXT_LINK = Pattern.compile("(?i);\\s*rel\\s*=\\s*\"?[^\",;]*\\bnext\\b");

    private final Endpoint<T, ID> endpoint;
    private final Type pageType;
    private final Type listType;

    Listing(Endpoint<T, ID> endpoint) {
        this.endpoint = endpoint;
        this.pageType = PageDocument.typeOf(endpoint.options().type);
        this.listType = PageDocument.listOf(endpoint.options().type);
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
        Reply reply = endpoint.read(endpoint.key(false, canonical, caller), caller, () -> {
            Answer answer = endpoint.list(ask);
            requireNoHiddenPages(ask, answer);
            return answer.toReply();
        });
        return new RemotePage(ask, document(ask, reply.body()), visited);
    }

    /** Reads a list to its end without storing the pages. */
    List<Content<T>> readAll(HttpUrl first, Caller caller) {
        List<Content<T>> pages = new ArrayList<>();
        Set<String> visited = new HashSet<>();
        Optional<HttpUrl> url = Optional.of(first);
        while (url.isPresent()) {
            if (pages.size() == PageStream.DEFAULT_PAGES) {
                throw new RemoteDecodeException(Ask.get(endpoint.scope(), Operation.GET_ALL, first, caller)
                        + " has more than " + PageStream.DEFAULT_PAGES + " pages");
            }
            Ask ask = Ask.get(endpoint.scope(), Operation.GET_ALL, url.get(), caller);
            visited.add(canonical(ask.url()));
            Answer answer = endpoint.list(ask);
            requireNoHiddenPages(ask, answer);
            PageDocument<T> document = document(ask, answer.body());
            pages.add(new Content<>(itemsOf(ask, document), answer));
            url = following(ask, document, visited);
        }
        return pages;
    }

    /** What stood on a page, and the answer it stood in. */
    record Content<T>(List<T> items, Answer answer) {}

    private PageDocument<T> document(Ask ask, byte[] body) {
        if (startsArray(body)) {
            @SuppressWarnings("unchecked") // The codec was asked for a list of this type.
            List<@Nullable T> items = (List<@Nullable T>) endpoint.decode(ask, body, listType);
            return new PageDocument<>(items, null, (long) items.size());
        }
        @SuppressWarnings("unchecked") // The codec was asked for a page of this type.
        PageDocument<T> page = (PageDocument<T>) endpoint.decode(ask, body, pageType);
        return page;
    }

    private List<T> itemsOf(Ask ask, PageDocument<T> document) {
        List<@Nullable T> results = document.results();
        if (results == null) {
            throw new RemoteDecodeException(ask + " answered with an object that has no results; a list is an array or"
                    + " an object with results, next and count");
        }
        List<T> items = new ArrayList<>(results.size());
        for (T item : results) {
            if (item == null) {
                throw new RemoteDecodeException(ask + " answered with a list that holds null");
            }
            items.add(item);
        }
        return java.util.Collections.unmodifiableList(items);
    }

    /** Our URL of the page after this one; empty after the last. */
    private Optional<HttpUrl> following(Ask ask, PageDocument<T> document, Set<String> visited) {
        String link = document.next();
        if (link == null || link.isEmpty()) {
            return Optional.empty();
        }
        HttpUrl url = endpoint.urls()
                .rebase(link)
                .orElseThrow(() -> new RemoteDecodeException(
                        ask + " answered with a next link that does not belong to this list"));
        if (visited.contains(canonical(url))) {
            if (itemsOf(ask, document).isEmpty()) {
                return Optional.empty();
            }
            throw new RemoteDecodeException(ask + " answered with a next link to a page already read");
        }
        return Optional.of(url);
    }

    /** Links in headers are not read, so a list that has them would lose its later pages silently. */
    private static void requireNoHiddenPages(Ask ask, Answer answer) {
        if (startsArray(answer.body())
                && answer.headers().values("Link").stream()
                        .anyMatch(link -> NEXT_LINK.matcher(link).find())) {
            throw new RemoteDecodeException(
                    ask + " answered with an array and a Link header to a next page, which is not supported");
        }
    }

    private static boolean startsArray(byte[] body) {
        for (byte b : body) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b == '[';
            }
        }
        return false;
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
        int equals = parameter.indexOf("__in=");
        if (equals < 0) {
            return parameter;
        }
        int start = equals + "__in=".length();
        String values = parameter.substring(start).replace("%2C", ",");
        return parameter.substring(0, start) + String.join(",", new TreeSet<>(List.of(values.split(",", -1))));
    }

    private final class RemotePage implements Page<T> {

        private final Ask ask;
        private final PageDocument<T> document;
        private final List<T> items;
        private final Set<String> visited;

        RemotePage(Ask ask, PageDocument<T> document, Set<String> visited) {
            this.ask = ask;
            this.document = document;
            this.items = itemsOf(ask, document);
            this.visited = visited;
        }

        @Override
        public List<T> items() {
            return items;
        }

        @Override
        public OptionalLong count() {
            Long count = document.count();
            return count == null ? OptionalLong.empty() : OptionalLong.of(count);
        }

        @Override
        public Optional<Page<T>> next() {
            return following(ask, document, visited).map(url -> cachedPage(url, ask.caller(), new HashSet<>(visited)));
        }

        @Override
        public String toString() {
            return "Page[" + items.size() + " of " + ask + "]";
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
