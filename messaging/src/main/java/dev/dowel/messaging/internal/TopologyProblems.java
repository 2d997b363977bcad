package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.Messaging;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with which exchange, queue or binding at the moment. Each change is logged once. */
final class TopologyProblems {
    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);

    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final Events events;

    TopologyProblems(Events events) {
        this.events = events;
    }

    /** Notes what the broker said when it refused. */
    void report(String object, IOException refusal) {
        report(object, replyText(refusal));
    }

    void report(String object, String reason) {
        if (!reason.equals(problems.put(object, reason))) {
            LOG.warn("The {} is not there as wanted: {}", object, reason);
            events.topologyProblem(object, reason);
        }
    }

    private static String replyText(IOException refusal) {
        return refusal.getCause() instanceof ShutdownSignalException signal
                        && signal.getReason() instanceof AMQP.Channel.Close close
                ? close.getReplyText()
                : ConnectFailure.describe(refusal);
    }

    void mended(String object) {
        if (problems.remove(object) != null) {
            LOG.info("The {} is there as wanted now", object);
        }
    }

    boolean any(Collection<String> objects) {
        return objects.stream().anyMatch(problems::containsKey);
    }

    /** Returns those of the objects that are wanted; others may have been left by what has stopped. */
    Map<String, String> of(Collection<String> objects) {
        Map<String, String> wanted = new HashMap<>(problems);
        wanted.keySet().retainAll(objects);
        return wanted;
    }
}
