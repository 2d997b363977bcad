package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The oldest messages of a parking queue, held unacknowledged until the channel is closed, which gives back in place what
 * was not acknowledged. One consumer holds them, always with the same prefetch: RabbitMQ gives back to where they were
 * only what one consumer held, and only if nothing older is held by nobody. Single gets come back in any order.
 */
final class ParkingWindow {
    static final int MOST = 1_000;
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final long SILENCE_MILLIS = 1_000;

    private static final long RETURN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Channel channel;
    private final String queue;
    private final List<Delivery> held = new ArrayList<>();
    private long left;

    private ParkingWindow(Channel channel, String queue) {
        this.channel = channel;
        this.queue = queue;
    }

    /** Holds the oldest messages of a queue; hands out at most so many of them, and not more than fit into memory. */
    static ParkingWindow open(Channel channel, String queue, int max) throws IOException, InterruptedException {
        ParkingWindow window = new ParkingWindow(channel, queue);
        window.left = channel.messageCount(queue);
        if (window.left > 0) {
            window.hold((int) Math.min(max, window.left));
        }
        return window;
    }

    private void hold(int wanted) throws IOException, InterruptedException {
        Arrivals arrivals = new Arrivals(channel);
        channel.basicQos(MOST);
        channel.basicConsume(queue, false, arrivals);
        while (held.size() < wanted) {
            // Somebody else may have taken what was counted, so silence ends it too.
            Delivery next = arrivals.queue.poll(SILENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (next == null) {
                return;
            }
            held.add(next);
            if (arrivals.full() && arrivals.queue.isEmpty()) {
                return;
            }
        }
    }

    List<Delivery> held() {
        return held;
    }

    /** Takes a message out of the queue for good. */
    void take(Delivery one) throws IOException {
        channel.basicAck(one.getEnvelope().getDeliveryTag(), false);
        left--;
    }

    /**
     * Takes the oldest out of the queue for good, with one acknowledgement: of many that are on their way when the channel
     * is closed, RabbitMQ loses those that its queue has not taken yet.
     */
    void takeOldest(int count) throws IOException {
        if (count > 0) {
            channel.basicAck(held.get(count - 1).getEnvelope().getDeliveryTag(), true);
            left -= count;
        }
    }

    /**
     * Waits, once the channel is closed, until the queue has again what was held and not taken: the broker confirms the
     * close before that. Not for long, since others may take messages meanwhile.
     */
    void awaitReturned(Channel other) throws IOException {
        long end = System.nanoTime() + RETURN_NANOS;
        while (other.messageCount(queue) < left && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static final class Arrivals extends DefaultConsumer {
        private final BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
        private final AtomicInteger bytes = new AtomicInteger();

        Arrivals(Channel channel) {
            super(channel);
        }

        boolean full() {
            return bytes.get() >= MOST_BYTES;
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            // What is beyond the limit is held by the broker for this consumer, and not kept here.
            if (!full()) {
                queue.add(new Delivery(envelope, properties, body));
                bytes.addAndGet(body.length);
            }
        }
    }
}
