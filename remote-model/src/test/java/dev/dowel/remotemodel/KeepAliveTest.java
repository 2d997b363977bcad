package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A POST on a connection that the service has just closed is lost, so idle ones are closed on our side, and soon. */
class KeepAliveTest {

    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"id\":7}";

    @Test
    void an_idle_connection_is_closed_long_before_a_service_would_do_so() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RemoteService service = RemoteService.builder(
                                "library", URI.create("http://127.0.0.1:" + listening.getLocalPort()))
                        .build()) {
            Future<Integer> afterTheAnswer = thread.submit(() -> {
                try (Socket connection = listening.accept()) {
                    // It is kept for 5 s; OkHttp's own pool would keep it for five minutes.
                    connection.setSoTimeout(20_000);
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
                    while (!in.readLine().isEmpty()) {}
                    connection.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
                    return in.read();
                }
            });
            service.model("books", Book.class, IdCodec.LONG).build().get(7L);

            assertThat(afterTheAnswer.get(40, TimeUnit.SECONDS)).isEqualTo(-1);
        } finally {
            thread.shutdownNow();
        }
    }
}
