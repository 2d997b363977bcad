package dev.dowel.benchmarks.contenders;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dowel.remotemodel.HeaderPolicy;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.JsonCodec;
import dev.dowel.remotemodel.Query;
import dev.dowel.remotemodel.RemoteModel;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.RequestContext;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import okhttp3.OkHttpClient;

/** This repository's remote-model, outside or inside of requests. */
final class Dowel implements Contender {

    /** What a call finds. */
    enum Request {
        /** No request: nothing is propagated or cached. */
        NONE,
        /** A new one for each call, whose making and ending are part of the call. */
        NEW,
        /** The same one for all calls. */
        SAME,
        /** The same one for all calls, whose readers share their instances. */
        SAME_SHARED
    }

    private static final HeaderPolicy POLICY = HeaderPolicy.tracing();
    private static final Map<String, List<String>> HEADERS =
            Map.of("traceparent", List.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

    private final RemoteService service;
    private final RemoteModel<Book, Long> books;
    private final Request request;
    private final boolean owner;
    private final RequestContext same = RequestContext.of(HEADERS, POLICY);
    private final RemoteModel<Book, Long> inSame;

    private Dowel(RemoteService service, RemoteModel<Book, Long> books, Request request, boolean owner) {
        this.service = service;
        this.books = books;
        this.request = request;
        this.owner = owner;
        this.inSame = books.in(same);
    }

    static Dowel open(OkHttpClient client, String base, ObjectMapper mapper, Request request) {
        RemoteService service = RemoteService.builder("books", URI.create(base))
                .okHttpClient(client)
                .json(JsonCodec.jackson2(mapper))
                // As long as the other contenders wait, so that a busy machine fails none before the others.
                .timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30))
                .warnAfterGets(Integer.MAX_VALUE)
                .build();
        RemoteModel.Builder<Book, Long> model =
                service.model("books", Book.class, IdCodec.LONG).id(Book::id);
        if (request == Request.SAME_SHARED) {
            model.shareCachedInstances();
        }
        return new Dowel(service, model.build(), request, true);
    }

    @Override
    public Book get(long id) {
        return call(model -> model.get(id));
    }

    @Override
    public Optional<Book> find(long id) {
        return call(model -> model.find(id));
    }

    @Override
    public List<Book> list() {
        return call(model -> model.filter(Query.all()).items());
    }

    @Override
    public Book create(Book book) {
        return call(model -> model.create(book));
    }

    @Override
    public List<Book> getAll(Collection<Long> ids) {
        return call(model -> List.copyOf(model.getAll(ids).values()));
    }

    @Override
    public Contender inRequest() {
        return new Dowel(service, books, Request.SAME, false);
    }

    private <V> V call(Function<RemoteModel<Book, Long>, V> use) {
        if (request == Request.NONE) {
            return use.apply(books);
        }
        if (request == Request.SAME || request == Request.SAME_SHARED) {
            return use.apply(inSame);
        }
        try (RequestContext fresh = RequestContext.of(HEADERS, POLICY)) {
            return use.apply(books.in(fresh));
        }
    }

    @Override
    public void close() {
        same.close();
        if (owner) {
            service.close();
        }
    }
}
