package dev.dowel.benchmarks;

import dev.dowel.benchmarks.authtoken.Authenticate;
import dev.dowel.benchmarks.authtoken.RefusalTiming;
import java.util.Arrays;
import java.util.Locale;

/** What can be run by name. */
enum Scenario {
    /** A get without a network. */
    CANNED_GET {
        @Override
        String run(int forks) throws Exception {
            return JmhRun.tables(CannedGet.class, forks);
        }
    },
    /** A 404 without a network. */
    NOT_FOUND {
        @Override
        String run(int forks) throws Exception {
            return JmhRun.tables(CannedNotFound.class, forks);
        }
    },
    /** Taking the headers of an inbound request. */
    HEADERS {
        @Override
        String run(int forks) throws Exception {
            return JmhRun.tables(InboundHeaders.class, forks);
        }
    },
    /** Calls over a connection. */
    LOOPBACK {
        @Override
        String run(int forks) throws Exception {
            return JmhRun.tables(Loopback.class, forks);
        }
    },
    /** Reads of the local side while none, some or all are compared with the remote side. */
    SHADOW {
        @Override
        String run(int forks) throws Exception {
            return JmhRun.tables(ShadowReads.class, forks);
        }
    },
    /** Calls that arrive at the other service. */
    CALLS {
        @Override
        String run(int forks) throws Exception {
            return CallCounts.tables(forks == 0);
        }
    },
    /** Many threads and a slow service. */
    VIRTUAL_THREADS {
        @Override
        String run(int forks) throws Exception {
            return VirtualThreads.table(forks == 0 ? 50 : 500);
        }
    },
    /** auth-token: one call with a token, good or not. */
    AUTHENTICATE {
        @Override
        String run(int forks) throws Exception {
            return JmhRun.tables(Authenticate.class, forks);
        }
    },
    /** auth-token: whether the time of a refusal tells its reason. */
    REFUSAL_TIMING {
        @Override
        String run(int forks) throws Exception {
            return RefusalTiming.table(forks == 0 ? 100 : 20_000).toString();
        }
    };

    /** Runs it and returns its tables; without forks for a moment only. */
    abstract String run(int forks) throws Exception;

    String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Scenario of(String argument) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.argument().equals(argument))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario " + argument + "; there are "
                        + Arrays.stream(values()).map(Scenario::argument).toList()));
    }
}
