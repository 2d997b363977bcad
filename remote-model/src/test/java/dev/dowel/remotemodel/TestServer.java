package dev.dowel.remotemodel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A server that answers by a function and keeps what it was asked. */
final class TestServer implements AutoCloseable {

    final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final MockWebServer server = new MockWebServer();

    TestServer(Function<RecordedRequest, MockResponse> answers) throws IOException {
        server.setServerSocketFactory(new WithoutDelay());
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request);
                return answers.apply(request);
            }
        });
        server.start();
    }

    /** Answers one after the other, the last one for ever. */
    static TestServer answering(MockResponse... answers) throws IOException {
        int[] next = {0};
        return new TestServer(request -> {
            synchronized (next) {
                return answers[Math.min(next[0]++, answers.length - 1)];
            }
        });
    }

    URI base() {
        return URI.create("http://" + server.getHostName() + ":" + server.getPort());
    }

    /** A service whose pauses are noted and not slept, patient enough for a busy machine. */
    RemoteService.Builder service() {
        return RemoteService.builder("library", base())
                .timeouts(Duration.ofSeconds(20), Duration.ofSeconds(30))
                .timing(new Timing(
                        System::nanoTime, () -> Instant.parse("2026-01-01T00:00:00Z"), () -> 0.5, pauses::add));
    }

    RemoteModel<Book, Long> books() {
        return books(service());
    }

    static RemoteModel<Book, Long> books(RemoteService.Builder service) {
        return service.build()
                .model("books", Book.class, IdCodec.LONG)
                .id(Book::id)
                .build();
    }

    static RequestContext context(String... namesAndValues) {
        Map<String, List<String>> headers = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return RequestContext.of(headers, HeaderPolicy.tracing().allow("X-Tenant"));
    }

    static MockResponse json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    static MockResponse book(long id) {
        return json(200, "{\"id\":" + id + ",\"title\":\"Book " + id + "\",\"price\":" + id + ",\"extra\":true}");
    }

    static MockResponse status(int status, String... namesAndValues) {
        MockResponse.Builder response = new MockResponse.Builder().code(status);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            response.setHeader(namesAndValues[i], namesAndValues[i + 1]);
        }
        return response.build();
    }

    @Override
    public void close() {
        server.close();
    }

    /** Without this, each answer on a kept connection takes 44 ms. */
    private static final class WithoutDelay extends ServerSocketFactory {
        @Override
        public ServerSocket createServerSocket() throws IOException {
            return new ServerSocket() {
                @Override
                public Socket accept() throws IOException {
                    Socket socket = super.accept();
                    socket.setTcpNoDelay(true);
                    return socket;
                }
            };
        }

        @Override
        public ServerSocket createServerSocket(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
            throw new UnsupportedOperationException();
        }
    }
}
