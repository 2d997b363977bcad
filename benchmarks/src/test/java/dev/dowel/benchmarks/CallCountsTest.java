package dev.dowel.benchmarks;

import static dev.dowel.benchmarks.InOneRequest.EIGHT_THREADS_ONE_ID;
import static dev.dowel.benchmarks.InOneRequest.FIFTY_IDS_AT_ONCE;
import static dev.dowel.benchmarks.InOneRequest.FIFTY_IDS_IN_A_LOOP;
import static dev.dowel.benchmarks.InOneRequest.TEN_GETS_OF_ONE_ID;
import static dev.dowel.benchmarks.InOneRequest.TEN_IDS_AT_ONCE;
import static dev.dowel.benchmarks.InOneRequest.TEN_IDS_IN_A_LOOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.benchmarks.contenders.Contender;
import dev.dowel.benchmarks.contenders.Kind;
import dev.dowel.benchmarks.server.ServerProcess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many calls arrive at the other service: a promise of remote-model, so it is kept to the call. */
class CallCountsTest {

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void remote_model_asks_once_for_what_it_can_ask_once_for() throws Exception {
        assertThat(calls(Kind.DOWEL))
                .containsEntry(TEN_GETS_OF_ONE_ID, 1L)
                .containsEntry(EIGHT_THREADS_ONE_ID, 1L)
                .containsEntry(TEN_IDS_IN_A_LOOP, 10L)
                .containsEntry(TEN_IDS_AT_ONCE, 1L)
                .containsEntry(FIFTY_IDS_IN_A_LOOP, 50L)
                .containsEntry(FIFTY_IDS_AT_ONCE, 1L);
    }

    @ParameterizedTest
    @EnumSource(names = {"RAW", "RETROFIT", "FEIGN", "SPRING_OKHTTP"})
    void the_others_ask_each_time(Kind kind) throws Exception {
        assertThat(calls(kind))
                .containsEntry(TEN_GETS_OF_ONE_ID, 10L)
                .containsEntry(EIGHT_THREADS_ONE_ID, 8L)
                .containsEntry(TEN_IDS_IN_A_LOOP, 10L)
                .containsEntry(FIFTY_IDS_IN_A_LOOP, 50L);
    }

    private static Map<InOneRequest, Long> calls(Kind kind) throws IOException {
        Map<InOneRequest, Long> calls = new LinkedHashMap<>();
        try (Contender contender = kind.open(new OkHttpClient(), server.base())) {
            for (InOneRequest work : InOneRequest.values()) {
                calls.put(work, CallCounts.calls(work, contender, server));
            }
        }
        return calls;
    }
}
