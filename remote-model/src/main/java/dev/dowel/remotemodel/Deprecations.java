package dev.dowel.remotemodel;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code Deprecation} (RFC 9745, and what its drafts sent before) and {@code Sunset} (RFC 8594), and warns of each
 * value once a day. A provider that changes the value all the time neither fills the log nor the memory.
 */
final class Deprecations {

    static final int MAX_VALUES = 10;

    private static final Logger log = LoggerFactory.getLogger(RemoteModel.class);
    private static final Duration PAUSE = Duration.ofDays(1);

    /** A date of structured fields: seconds in at most 15 digits, with parameters that nobody defined. */
    private static final Pattern DATE = Pattern.compile("@(-?[0-9]{1,15})(;.*)?");

    /** No user, no query, nothing that is not a plain URL. */
    private static final Pattern DOCUMENTATION =
            Pattern.compile("https?://[A-Za-z0-9.:\\-]{1,255}(/[A-Za-z0-9._~/\\-]{0,500})?(#[A-Za-z0-9._~-]{0,100})?");

    private final Timing timing;
    private final Map<String, Map<Value, Instant>> warned = new HashMap<>();

    Deprecations(Timing timing) {
        this.timing = timing;
    }

    /** What the answer says about its own future; empty when nothing that can be read. */
    Optional<CallListener.Deprecation> in(Ask ask, Answer answer) {
        String deprecation = answer.header("Deprecation").strip();
        String sunset = answer.header("Sunset").strip();
        if (deprecation.isEmpty() && sunset.isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> since = since(deprecation);
        boolean deprecated = since.isPresent() || deprecation.equals("true") || deprecation.equals("?1");
        Value value = new Value(deprecated, since, httpDate(sunset));
        if (!deprecated && value.sunset.isEmpty()) {
            return Optional.empty();
        }
        EntityScope scope = ask.scope();
        if (isNews(scope.entity(), value)) {
            log.warn(
                    "{} of service {} {}; see what its provider offers instead",
                    scope.entity(),
                    scope.service(),
                    value);
        }
        return Optional.of(new CallListener.Deprecation(
                scope.service(), scope.entity(), ask.operation(), value.since, value.sunset, documentation(answer)));
    }

    private static Optional<String> documentation(Answer answer) {
        return LinkHeader.parse(answer.headers().values("Link")).stream()
                .filter(link -> link.relations().contains("deprecation")
                        || link.relations().contains("sunset"))
                .map(LinkHeader.Link::target)
                .filter(target -> DOCUMENTATION.matcher(target).matches())
                .findFirst();
    }

    private synchronized boolean isNews(String entity, Value value) {
        Instant now = timing.now().get();
        Map<Value, Instant> known = warned.computeIfAbsent(entity, e -> new HashMap<>());
        known.values().removeIf(then -> !then.plus(PAUSE).isAfter(now));
        return known.size() < MAX_VALUES && known.putIfAbsent(value, now) == null;
    }

    private static Optional<Instant> since(String value) {
        Matcher date = DATE.matcher(value);
        return date.matches() ? Optional.of(Instant.ofEpochSecond(Long.parseLong(date.group(1)))) : httpDate(value);
    }

    private static Optional<Instant> httpDate(String value) {
        try {
            return Optional.of(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Only what was read of the headers, so nothing a provider can make large. */
    private record Value(boolean deprecated, Optional<Instant> since, Optional<Instant> sunset) {

        @Override
        public String toString() {
            String text = deprecated
                    ? "is deprecated" + since.map(from -> " from " + from).orElse("")
                    : "";
            String and = deprecated ? " and " : "";
            return text + sunset.map(end -> and + "stops answering at " + end).orElse("");
        }
    }
}
