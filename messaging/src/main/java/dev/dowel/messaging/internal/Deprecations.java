package dev.dowel.messaging.internal;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingListener;
import dev.dowel.messaging.MessagingListener.DeprecatedVersion;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells about events in versions that will end: each consumer once, and each publisher that goes on after the end once.
 * Others' messages can fill neither the log nor the memory.
 */
public final class Deprecations {
    static final int MAX_WARNINGS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Messaging.class);

    private final InstantSource clock;
    private final Consumer<DeprecatedVersion> heard;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * Begins with nothing told.
     *
     * @param clock what day it is
     * @param heard called for each attempt of each such message, on the handler's thread; must not throw
     */
    public Deprecations(InstantSource clock, Consumer<DeprecatedVersion> heard) {
        this.clock = clock;
        this.heard = heard;
    }

    /**
     * Warns once of a version that is published after its end.
     *
     * @param message what is about to be published
     */
    public void publishing(EncodedMessage message) {
        Optional<LocalDate> sunset = sunset(message.headers().get(Headers.MESSAGE_SUNSET));
        if (sunset.isPresent() && over(sunset.get()) && isNews(message.routingKey())) {
            LOG.warn(
                    "{} is still published, and was to end on {}: see who is bound to it, then stop publishing it",
                    Headers.shown(message.routingKey()),
                    sunset.get());
        }
    }

    /**
     * Warns once of a version that will end and is still consumed, and passes it on each time. Of the events that no
     * binding names, whose names and versions others choose freely, it warns of the first one only.
     *
     * @param plan what is consumed
     * @param message what is about to be handled
     */
    public void received(SubscriptionPlan plan, Incoming message) {
        Optional<LocalDate> sunset = sunset(message.headers().get(Headers.MESSAGE_SUNSET));
        if (sunset.isEmpty()
                || message.eventName().isEmpty()
                || message.version().isEmpty()) {
            return;
        }
        String eventName = message.eventName().get();
        int major = message.version().get().major();
        String shown = plan.shown(message);
        if (isNews(plan.queue() + " " + shown + (shown.equals(MessagingListener.OTHER) ? "" : " " + major))) {
            LOG.warn(
                    "{} takes {} in major {}, which {} on {}: take a newer major, then unbind this one",
                    plan.queue(),
                    Headers.shown(eventName),
                    major,
                    over(sunset.get()) ? "was to end" : "ends",
                    sunset.get());
        }
        heard.accept(new DeprecatedVersion(plan.queue(), shown, major, sunset.get()));
    }

    private boolean over(LocalDate sunset) {
        return !LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).isBefore(sunset);
    }

    private boolean isNews(String what) {
        return !warned.contains(what) && warned.size() < MAX_WARNINGS && warned.add(what);
    }

    private static Optional<LocalDate> sunset(@Nullable String header) {
        try {
            return Optional.ofNullable(header).map(LocalDate::parse);
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }
}
