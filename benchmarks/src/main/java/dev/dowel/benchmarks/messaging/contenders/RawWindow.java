package dev.dowel.benchmarks.messaging.contenders;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The least that a window needs: a ring of what is unconfirmed and a semaphore. It publishes on one thread and hears of
 * confirms on another.
 */
final class RawWindow {

    private static final long CONFIRMED = 0;

    private final Channel channel;
    private final Job job;
    private final Semaphore places;
    private final AtomicLongArray ring;
    private long oldest = 1;
    private long newest;

    private RawWindow(Channel channel, Job job) {
        this.channel = channel;
        this.job = job;
        this.places = new Semaphore(job.window());
        // A message that is confirmed late holds up the oldest, not the window: room for many windows.
        this.ring = new AtomicLongArray(Integer.highestOneBit(job.window()) * 64);
    }

    static RawWindow open(Connection connection, Job job) throws IOException {
        Channel channel = connection.createChannel();
        RawWindow window = new RawWindow(channel, job);
        channel.confirmSelect();
        channel.addConfirmListener(
                window::confirmed, (tag, multiple) -> job.tally().failed(new IOException("the broker nacked")));
        channel.addReturnListener(returned -> job.tally().failed(new IOException("the broker returned a message")));
        channel.addShutdownListener(job.tally()::failed);
        return window;
    }

    void publish(long due, AMQP.BasicProperties properties, byte[] body) throws Exception {
        places.acquire();
        if (ring.getAndSet(slot(channel.getNextPublishSeqNo()), due | 1) != CONFIRMED) {
            throw new IllegalStateException("a message waits for its confirm longer than the ring is long");
        }
        channel.basicPublish(job.exchange(), Job.ROUTING_KEY, true, properties, body);
    }

    private int slot(long tag) {
        return (int) (tag & (ring.length() - 1));
    }

    private void confirmed(long tag, boolean multiple) {
        newest = Math.max(newest, tag);
        if (multiple) {
            for (long one = oldest; one <= tag; one++) {
                confirmed(one);
            }
        } else {
            confirmed(tag);
        }
        while (oldest <= newest && ring.get(slot(oldest)) == CONFIRMED) {
            oldest++;
        }
    }

    private void confirmed(long tag) {
        long due = ring.getAndSet(slot(tag), CONFIRMED);
        if (due != CONFIRMED) {
            job.tally().done(due);
            places.release();
        }
    }
}
