package dev.dowel.messaging.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.dowel.messaging.PublishException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What made the broker close a channel, as far as that can be told. The broker does not name the message, and the others
 * on the channel suffer with it; so what may have done it travels alone until the broker takes it. Safe for use by several
 * threads.
 */
final class Suspects {
    private static final int MOST = 2_000;
    private static final Pattern TOO_LARGE = Pattern.compile("message size \\d+ .*?(\\d+)$");
    private static final String FORBIDDEN_TOPIC = "access to topic '";
    /** What the broker puts in the place of what exceeds 255 bytes. */
    private static final String CUT_OFF = "...";

    private final Set<String> exchanges = Collections.newSetFromMap(new Youngest<>());
    private final Set<Topic> topics = Collections.newSetFromMap(new Youngest<>());
    private final Set<String> messageIds = Collections.newSetFromMap(new Youngest<>());
    private int largest = Integer.MAX_VALUE;

    private record Topic(String exchange, String routingKey) {
        static Topic of(Publication one) {
            return new Topic(one.exchange(), one.routingKey());
        }
    }

    /** Forgets the oldest: a suspect that is never published again must not stay for ever. */
    private static final class Youngest<K> extends LinkedHashMap<K, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Boolean> eldest) {
            return size() > MOST;
        }
    }

    synchronized boolean contains(Publication one) {
        return one.body().length > largest
                || exchanges.contains(one.exchange())
                || topics.contains(Topic.of(one))
                || (one.messageId() != null && messageIds.contains(one.messageId()));
    }

    /** Forgets what the broker has answered. */
    synchronized void clear(Publication answered) {
        if (answered.body().length > largest) {
            largest = Integer.MAX_VALUE;
        }
        exchanges.remove(answered.exchange());
        topics.remove(Topic.of(answered));
        if (answered.messageId() != null) {
            messageIds.remove(answered.messageId());
        }
    }

    /** Returns who is to blame for the end of a channel, and why; remembers those who may be. */
    synchronized Map<Publication, PublishException.Kind> blame(
            ShutdownSignalException end, Collection<Publication> inFlight) {
        if (end.isInitiatedByApplication() || !(end.getReason() instanceof AMQP.Channel.Close close)) {
            return Map.of();
        }
        String text = close.getReplyText();
        Matcher tooLarge = TOO_LARGE.matcher(text);
        if (tooLarge.find()) {
            largest = Integer.parseInt(tooLarge.group(1));
            List<Publication> larger = matching(inFlight, one -> one.body().length > largest);
            if (!larger.isEmpty()) {
                return verdict(larger, PublishException.Kind.TOO_LARGE);
            }
        }
        List<Publication> candidates = suspected(text, inFlight);
        // Of several the broker may have taken some before it closed the channel.
        return candidates.size() > 1
                ? Map.of()
                : verdict(
                        candidates,
                        close.getReplyCode() == AMQP.NOT_FOUND
                                ? PublishException.Kind.NO_EXCHANGE
                                : PublishException.Kind.REFUSED);
    }

    private List<Publication> suspected(String text, Collection<Publication> inFlight) {
        Optional<Predicate<Publication>> forbidden = forbiddenTopic(text);
        List<Publication> candidates = forbidden
                .map(topic -> matching(inFlight, topic))
                .orElseGet(() -> matching(inFlight, one -> isAbout(text, one)));
        if (candidates.isEmpty()) {
            candidates = List.copyOf(inFlight);
            candidates.forEach(one -> Optional.ofNullable(one.messageId()).ifPresent(messageIds::add));
        } else if (forbidden.isPresent()) {
            // The exchange takes other routing keys, and its answers to those say nothing about this one.
            candidates.forEach(one -> topics.add(Topic.of(one)));
        } else {
            exchanges.add(candidates.get(0).exchange());
        }
        return candidates;
    }

    private static boolean isAbout(String text, Publication one) {
        return text.contains(exchange(one));
    }

    private static String exchange(Publication one) {
        return " exchange '" + brokersName(one.exchange()) + "'";
    }

    private static Optional<Predicate<Publication>> forbiddenTopic(String text) {
        int begin = text.indexOf(FORBIDDEN_TOPIC);
        if (begin < 0) {
            return Optional.empty();
        }
        boolean cutOff = text.endsWith(CUT_OFF);
        String said = text.substring(begin, text.length() - (cutOff ? CUT_OFF.length() : 0));
        return Optional.of(one -> {
            String ofThis = FORBIDDEN_TOPIC + one.routingKey() + "' in" + exchange(one);
            return said.startsWith(ofThis) || (cutOff && ofThis.startsWith(said));
        });
    }

    private static String brokersName(String exchange) {
        return exchange.isEmpty() ? "amq.default" : exchange;
    }

    private static List<Publication> matching(Collection<Publication> all, Predicate<Publication> suspect) {
        return all.stream().filter(suspect).toList();
    }

    private static Map<Publication, PublishException.Kind> verdict(List<Publication> on, PublishException.Kind kind) {
        Map<Publication, PublishException.Kind> verdict = new HashMap<>();
        on.forEach(one -> verdict.put(one, kind));
        return verdict;
    }
}
