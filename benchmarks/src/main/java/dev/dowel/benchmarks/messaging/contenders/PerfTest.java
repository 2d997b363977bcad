package dev.dowel.benchmarks.messaging.contenders;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.perf.MulticastParams;
import com.rabbitmq.perf.MulticastSet;
import com.rabbitmq.perf.metrics.PerformanceMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** RabbitMQ's own tool, its classes called in this process: the same client, the same warm compiler for it as for all. */
final class PerfTest {

    private PerfTest() {}

    /** As with {@code --confirm WINDOW --flag persistent --flag mandatory --producers THREADS --rate RATE}. */
    static AutoCloseable publishing(Job job) throws Exception {
        MulticastParams parameters = parameters(job);
        parameters.setProducerCount(job.threads());
        parameters.setConsumerCount(0);
        parameters.setConfirm(job.window());
        parameters.setMinMsgSize(job.body().length);
        parameters.setProducerRateLimit(job.rate() > 0 ? (float) job.rate() : -1);
        return run(job, parameters);
    }

    /** As with {@code --consumers THREADS --qos WINDOW --multi-ack-every 1}. */
    static AutoCloseable consuming(Job job) throws Exception {
        MulticastParams parameters = parameters(job);
        parameters.setProducerCount(0);
        parameters.setConsumerCount(job.threads());
        parameters.setConsumerPrefetch(job.window());
        parameters.setMultiAckEvery(1);
        return run(job, parameters);
    }

    private static MulticastParams parameters(Job job) {
        MulticastParams parameters = new MulticastParams();
        parameters.setPredeclared(true);
        parameters.setExchangeName(job.exchange());
        parameters.setExchangeType("topic");
        parameters.setQueueNames(List.of(job.queue()));
        parameters.setRoutingKey(Job.ROUTING_KEY);
        parameters.setFlags(List.of("persistent", "mandatory"));
        parameters.setShutdownTimeout(5);
        return parameters;
    }

    private static AutoCloseable run(Job job, MulticastParams parameters) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(job.uri());
        factory.setAutomaticRecoveryEnabled(false);
        Until until = new Until(job.tally());
        MulticastSet set = new MulticastSet(
                new Counting(job.tally()),
                factory,
                parameters,
                List.of(job.uri().toString()),
                until);
        Thread thread = new Thread(
                () -> {
                    try {
                        set.run();
                    } catch (Exception e) {
                        job.tally().failed(e);
                    }
                },
                "perf-test");
        thread.setDaemon(true);
        thread.start();
        return () -> {
            until.end.countDown();
            thread.join(TimeUnit.SECONDS.toMillis(10));
        };
    }

    /** Lets it run until it is told to end. */
    private static final class Until implements MulticastSet.CompletionHandler {

        private final CountDownLatch end = new CountDownLatch(1);
        private final Tally tally;

        private Until(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void waitForCompletion() throws InterruptedException {
            end.await();
        }

        @Override
        public void countDown(String reason) {
            tally.failed(new IOException("perf-test ended: " + reason));
        }
    }

    /** What it would print. */
    private static final class Counting implements PerformanceMetrics {

        private final Tally tally;

        private Counting(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void start() {}

        @Override
        public void published() {}

        @Override
        public void confirmed(int count, long[] latencies) {
            tally.done(count, latencies);
        }

        @Override
        public void nacked(int count) {
            tally.failed(new IOException("the broker nacked"));
        }

        @Override
        public void returned() {
            tally.failed(new IOException("the broker returned a message"));
        }

        @Override
        public void received(long latency) {
            tally.done(1, new long[0]);
        }

        @Override
        public Duration interval() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void resetGlobals() {}
    }
}
