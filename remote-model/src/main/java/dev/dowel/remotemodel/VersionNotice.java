package dev.dowel.remotemodel;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the answers of one API version say about its future: RFC 9745, RFC 8594 and the links of both. Immutable. */
final class VersionNotice {

    /** RFC 9110 wants two digits for the day, which {@link DateTimeFormatter#RFC_1123_DATE_TIME} does not give. */
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Map<String, String> dates = new LinkedHashMap<>();
    private final List<String> links = new ArrayList<>();
    private final @Nullable Instant goneFrom;

    VersionNotice(@Nullable Instant deprecated, @Nullable Instant sunset, @Nullable URI documentation, boolean gone) {
        if (deprecated != null) {
            dates.put("Deprecation", "@" + deprecated.getEpochSecond());
        }
        if (sunset != null) {
            dates.put("Sunset", HTTP_DATE.format(sunset));
        }
        if (documentation != null) {
            for (String name : dates.keySet()) {
                links.add("<" + documentation.toASCIIString() + ">; rel=\"" + name.toLowerCase(Locale.ROOT) + "\"");
            }
        }
        goneFrom = gone ? sunset : null;
    }

    boolean isGone(Instant now) {
        return goneFrom != null && !now.isBefore(goneFrom);
    }

    /** Adds what is not there yet, so that doing it twice changes nothing, and keeps what the application has set. */
    void announce(HttpServletResponse response) {
        dates.forEach((name, value) -> {
            if (!response.containsHeader(name)) {
                response.setHeader(name, value);
            }
        });
        for (String link : links) {
            if (!response.getHeaders("Link").contains(link)) {
                response.addHeader("Link", link);
            }
        }
    }

    void refuse(HttpServletResponse response) throws IOException {
        byte[] body = "{\"type\":\"about:blank\",\"title\":\"This version of the API was removed\",\"status\":410}"
                .getBytes(StandardCharsets.UTF_8);
        response.setStatus(HttpServletResponse.SC_GONE);
        response.setContentType("application/problem+json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** The response for the application: what it sets itself takes the place of ours, and a reset does not lose ours. */
    HttpServletResponse kept(HttpServletResponse response) {
        return new Kept(response);
    }

    private final class Kept extends HttpServletResponseWrapper {

        Kept(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void reset() {
            super.reset();
            announce((HttpServletResponse) getResponse());
        }

        @Override
        public void addHeader(String name, String value) {
            if (isOurs(name)) {
                setHeader(name, value);
            } else {
                super.addHeader(name, value);
            }
        }

        @Override
        public void addDateHeader(String name, long date) {
            if (isOurs(name)) {
                setDateHeader(name, date);
            } else {
                super.addDateHeader(name, date);
            }
        }

        private boolean isOurs(String name) {
            return dates.entrySet().stream()
                    .anyMatch(date -> date.getKey().equalsIgnoreCase(name)
                            && date.getValue().equals(getHeader(date.getKey())));
        }
    }
}
