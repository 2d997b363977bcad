package dev.dowel.remotemodel;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;

/** Books as Django REST framework would serve them: pages with next and count, JSON 404s, read-only ids. */
final class DjangoServer {

    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<Long, Map<String, Object>> books = new TreeMap<>();
    private final int pageSize;
    private final String publicHost;
    private long lastId;

    /** {@code publicHost} is what links to pages start with, which need not be where the server is. */
    DjangoServer(int pageSize, String publicHost) {
        this.pageSize = pageSize;
        this.publicHost = publicHost;
    }

    synchronized MockResponse answer(RecordedRequest request) {
        List<String> path = request.getUrl().pathSegments();
        if (!path.subList(0, 3).equals(List.of("api", "v1", "books"))) {
            return new MockResponse.Builder()
                    .code(404)
                    .setHeader("Content-Type", "text/html")
                    .body("<h1>Not Found</h1>")
                    .build();
        }
        try {
            return path.size() == 3 ? collection(request) : item(request, Long.parseLong(path.get(3)));
        } catch (IllegalArgumentException e) {
            return TestServer.json(400, "{\"detail\":\"Bad request.\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MockResponse collection(RecordedRequest request) throws IOException {
        if (request.getMethod().equals("GET")) {
            return list(request.getUrl());
        }
        long id = ++lastId;
        Map<String, Object> book = new LinkedHashMap<>(body(request));
        book.put("id", id);
        books.put(id, book);
        return json(201, book);
    }

    private MockResponse item(RecordedRequest request, long id) throws IOException {
        Map<String, Object> book = books.get(id);
        if (book == null) {
            return json(404, Map.of("detail", "Not found."));
        }
        switch (request.getMethod()) {
            case "GET" -> {}
            case "DELETE" -> {
                books.remove(id);
                return new MockResponse.Builder().code(204).build();
            }
            default -> {
                book.putAll(body(request));
                book.put("id", id);
            }
        }
        return json(200, book);
    }

    private MockResponse list(HttpUrl url) throws IOException {
        Query query = Query.all();
        int page = 1;
        int size = pageSize;
        for (String name : url.queryParameterNames()) {
            String value = url.queryParameter(name);
            switch (name) {
                case "page" -> page = Integer.parseInt(value);
                case "page_size" -> size = Integer.parseInt(value);
                case "ordering" -> query = query.orderBy(value.split(",", -1));
                default -> {
                    boolean many = name.endsWith("__in") || name.endsWith("__range");
                    query = query.and(name, many ? List.of(value.split(",", -1)) : value);
                }
            }
        }
        Query wanted = query;
        List<Map<?, ?>> matching = new ArrayList<>(books.values());
        matching.removeIf(book -> !Lookups.matches(wanted, book));
        matching.sort(Lookups.order(wanted.ordering()));
        int from = Math.min((page - 1) * size, matching.size());
        int to = Math.min(from + size, matching.size());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("count", matching.size());
        HttpUrl next = url.newBuilder()
                .setQueryParameter("page", Integer.toString(page + 1))
                .build();
        document.put("next", to < matching.size() ? publicHost + next.encodedPath() + "?" + next.encodedQuery() : null);
        document.put("previous", null);
        document.put("results", matching.subList(from, to));
        return json(200, document);
    }

    private Map<String, Object> body(RecordedRequest request) throws IOException {
        @SuppressWarnings("unchecked")
        Map<String, Object> body = mapper.readValue(request.getBody().toByteArray(), Map.class);
        return body;
    }

    private MockResponse json(int status, Object body) throws IOException {
        return TestServer.json(status, mapper.writeValueAsString(body));
    }
}
