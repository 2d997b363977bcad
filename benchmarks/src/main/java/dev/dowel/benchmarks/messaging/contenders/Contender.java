package dev.dowel.benchmarks.messaging.contenders;

/** The contenders by name: who, and in which way. */
public enum Contender {
    /** messaging's publishAndWait. */
    DOWEL_WAIT("Dowel, publishAndWait", job -> new Callers(Dowel.waiting(job), job)),
    /** messaging's futures. */
    DOWEL_FUTURES("Dowel, futures", job -> new Callers(Dowel.windowed(job), job)),
    /** messaging's futures, encoding. */
    DOWEL_ENCODING("Dowel, futures", job -> new Callers(Dowel.encoding(job), job)),
    /** A subscription of messaging's. */
    DOWEL_SUBSCRIPTION("Dowel, subscription", Dowel::consuming),
    /** The bare client, a wait for each. */
    RAW_WAIT("raw amqp-client, waitForConfirms", job -> new Callers(Raw.waiting(job), job)),
    /** The bare client with a window. */
    RAW_WINDOW("raw amqp-client, window", job -> new Callers(Raw.windowed(job), job)),
    /** The bare client with a window and as much in each message as messaging puts there. */
    RAW_WINDOW_PROPERTIES("raw, window, Dowel's properties", job -> new Callers(Raw.withOurProperties(job), job)),
    /** The bare client with a window, encoding. */
    RAW_ENCODING("raw amqp-client, window", job -> new Callers(Raw.encoding(job), job)),
    /** The bare client's consumer. */
    RAW_CONSUMER("raw amqp-client, ack each", Raw::consuming),
    /** Spring's template, a wait for each. */
    SPRING_WAIT("Spring AMQP, wait for each", job -> new Callers(Spring.waiting(job), job)),
    /** Spring's template with futures. */
    SPRING_FUTURES("Spring AMQP, futures", job -> new Callers(Spring.windowed(job, false), job)),
    /** Spring's template with futures and a channel kept for each. */
    SPRING_FUTURES_WIDE(
            "Spring AMQP, futures, cache of the window", job -> new Callers(Spring.windowed(job, true), job)),
    /** Spring's template with batches. */
    SPRING_INVOKE("Spring AMQP, invoke batches", job -> new Callers(Spring.invoking(job), job)),
    /** Spring's template with futures and a channel kept for each, encoding. */
    SPRING_ENCODING("Spring AMQP, futures, cache of the window", job -> new Callers(Spring.encoding(job), job)),
    /** Spring's older container. */
    SPRING_SIMPLE("Spring AMQP, SMLC", Spring::simple),
    /** Spring's newer container. */
    SPRING_DIRECT("Spring AMQP, DMLC", Spring::direct),
    /** PerfTest publishing. */
    PERF_TEST("perf-test", PerfTest::publishing),
    /** PerfTest consuming. */
    PERF_TEST_CONSUMER("perf-test, ack each", PerfTest::consuming);

    @FunctionalInterface
    private interface Start {
        AutoCloseable with(Job job) throws Exception;
    }

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // All of them are methods without a state.
    private final Start start;

    Contender(String label, Start start) {
        this.label = label;
        this.start = start;
    }

    /** Returns the name for people. */
    public String label() {
        return label;
    }

    /** Starts to do a job; it goes on until the tally is ended and what is returned closed. */
    public AutoCloseable start(Job job) throws Exception {
        return start.with(job);
    }
}
