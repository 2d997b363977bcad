package dev.dowel.remotemodel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which inbound headers may be passed on: an allow-list, under a list of names that are never passed on. Names are
 * compared without case. Immutable.
 *
 * <p>A header travels when the policy of the {@link RequestContextFilter} keeps it <em>and</em> the policy of the {@link
 * RemoteService} sends it. {@code Authorization} travels only by {@link Credentials#inbound()}, cookies only when named with {@link #cookies}.
 */
public final class HeaderPolicy {

    private static final int MAX_VALUE_LENGTH = 8 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final List<String> TRACING =
            List.of("traceparent", "tracestate", "x-request-id", "x-correlation-id");

    private static final HeaderPolicy NONE =
            new HeaderPolicy(new TreeSet<>(String.CASE_INSENSITIVE_ORDER), Set.of(), false);
    private static final HeaderPolicy USUAL =
            NONE.allow(TRACING.toArray(String[]::new)).allow("accept-language");

    private final SortedSet<String> names;
    private final boolean encodesNonAscii;

    /** Unlike those of headers, names of cookies are compared with case. */
    private final Set<String> cookieNames;

    private HeaderPolicy(SortedSet<String> names, Set<String> cookieNames, boolean encodesNonAscii) {
        this.encodesNonAscii = encodesNonAscii;
        this.names = Collections.unmodifiableSortedSet(names);
        this.cookieNames = Set.copyOf(cookieNames);
    }

    /**
     * Returns the usual policy: {@code traceparent}, {@code tracestate}, {@code X-Request-ID}, {@code X-Correlation-ID} and
     * {@code Accept-Language}. {@code baggage} is not in it: it crosses trust boundaries.
     *
     * @return the policy
     */
    public static HeaderPolicy tracing() {
        return USUAL;
    }

    /**
     * Returns the policy that passes nothing on.
     *
     * @return the policy
     */
    public static HeaderPolicy none() {
        return NONE;
    }

    /**
     * Returns this policy with more names.
     *
     * @param more header names
     * @return the wider policy
     * @throws IllegalArgumentException when a name is not a header name (RFC 9110) or is never passed on, such as {@code
     *     Host}, {@code Content-Length}, {@code Authorization} or {@code Cookie}
     */
    public HeaderPolicy allow(String... more) {
        SortedSet<String> wider = new TreeSet<>(names);
        for (String name : more) {
            Objects.requireNonNull(name, "name");
            if (NeverPropagated.contains(name)) {
                throw new IllegalArgumentException("header " + name.replaceAll("[^A-Za-z0-9:_-]", "?")
                        + " is never passed on; for credentials use RemoteService.Builder.credentials");
            }
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException("a header name holds a character that RFC 9110 does not allow");
            }
            wider.add(name);
        }
        return new HeaderPolicy(wider, cookieNames, encodesNonAscii);
    }

    /**
     * Returns this policy with cookies that are passed on. They travel with {@link Credentials#none()} and {@link
     * Credentials#inbound()} only: never beside a token of a service, nor with {@link RemoteModel#as}.
     *
     * @param more names of cookies, compared with case
     * @return the wider policy
     * @throws IllegalArgumentException when a name is not a cookie name (RFC 6265)
     */
    public HeaderPolicy cookies(String... more) {
        Set<String> wider = new HashSet<>(cookieNames);
        for (String name : more) {
            if (!TOKEN.matcher(Objects.requireNonNull(name, "name")).matches()) {
                throw new IllegalArgumentException("a cookie name holds a character that RFC 6265 does not allow");
            }
            wider.add(name);
        }
        return new HeaderPolicy(names, wider, encodesNonAscii);
    }

    /**
     * Returns this policy with header values percent-encoded when they hold non-ASCII characters, which otherwise are dropped.
     * The receiver must expect that: bytes outside ASCII and {@code %} become {@code %XX}, in such values only.
     *
     * @return the policy, for {@link RequestContextFilter}
     */
    public HeaderPolicy encodingNonAscii() {
        return new HeaderPolicy(names, cookieNames, true);
    }

    /** What one inbound request offers. {@code lookup} gives the values of a header, none when absent. */
    Snapshot snapshot(Function<String, List<String>> lookup) {
        Set<String> hopByHop = namesIn(lookup.apply("Connection"));
        SortedMap<String, List<String>> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int dropped = 0;
        for (String name : names) {
            List<String> values = encodesNonAscii ? encoded(lookup.apply(name)) : lookup.apply(name);
            if (values.isEmpty() || hopByHop.contains(name)) {
                continue;
            }
            List<String> good = values;
            if (!areSafe(values)) {
                good = values.stream().filter(HeaderPolicy::isSafe).toList();
                dropped += values.size() - good.size();
            }
            if (!good.isEmpty()) {
                kept.put(name, List.copyOf(good));
            }
        }
        // Two Authorization headers mean that two parties disagree about who the caller is: neither is passed on.
        List<String> authorization = hopByHop.contains("Authorization") ? List.of() : lookup.apply("Authorization");
        String credential = authorization.size() == 1 ? authorization.get(0) : "";
        if (!isSafe(credential) || authorization.size() > 1) {
            credential = "";
            dropped++;
        }
        List<Cookie> cookies = List.of();
        if (!cookieNames.isEmpty() && !hopByHop.contains("Cookie")) {
            cookies = new ArrayList<>();
            for (Cookie cookie : cookiesOf(lookup.apply("Cookie"))) {
                if (isSafe(cookie.value())) {
                    cookies.add(cookie);
                } else {
                    dropped++;
                }
            }
        }
        return new Snapshot(Collections.unmodifiableSortedMap(kept), cookies, credential, dropped);
    }

    /** The headers that are for one connection only. */
    private static Set<String> namesIn(List<String> connection) {
        if (connection.isEmpty()) {
            return Set.of();
        }
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String value : connection) {
            for (String name : value.split(",", -1)) {
                names.add(name.strip());
            }
        }
        return names;
    }

    private List<Cookie> cookiesOf(List<String> lines) {
        List<Cookie> cookies = new ArrayList<>();
        for (String line : lines) {
            for (String pair : line.split(";", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? "" : pair.substring(0, equals).strip();
                if (cookieNames.contains(name)) {
                    cookies.add(new Cookie(name, pair.substring(equals + 1).strip()));
                }
            }
        }
        return cookies;
    }

    /** The Cookie header to send on, empty when there is none. */
    String cookies(List<Cookie> offered) {
        if (offered.isEmpty()) {
            return "";
        }
        return offered.stream()
                .filter(cookie -> cookieNames.contains(cookie.name()))
                .map(cookie -> cookie.name() + '=' + cookie.value())
                .collect(Collectors.joining("; "));
    }

    boolean allows(String name) {
        return names.contains(name);
    }

    /** Those of the context's headers that this policy sends on. */
    SortedMap<String, List<String>> select(SortedMap<String, List<String>> headers) {
        if (names.containsAll(headers.keySet())) {
            return headers;
        }
        SortedMap<String, List<String>> selected = new TreeMap<>(headers);
        selected.keySet().retainAll(names);
        return selected;
    }

    /** Tracing headers differ from call to call and change no answer; every other header may. */
    static boolean mayChangeTheAnswer(String name) {
        return !TRACING.contains(name.toLowerCase(Locale.ROOT));
    }

    private static List<String> encoded(List<String> values) {
        return values.stream().map(HeaderPolicy::encoded).toList();
    }

    /** A container hands over one character for each byte; those beyond come from {@link RequestContext#of} only. */
    private static String encoded(String value) {
        if (value.length() > MAX_VALUE_LENGTH || value.chars().allMatch(c -> c <= 0x7e)) {
            return value;
        }
        boolean bytes = value.chars().allMatch(c -> c <= 0xff);
        StringBuilder encoded = new StringBuilder();
        for (byte b : value.getBytes(bytes ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8)) {
            if (b < 0 || b == 0x7f || b == '%') {
                encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
            } else {
                encoded.append((char) b);
            }
        }
        return encoded.toString();
    }

    private static boolean areSafe(List<String> values) {
        for (String value : values) {
            if (!isSafe(value)) {
                return false;
            }
        }
        return true;
    }

    /** Printable ASCII, blanks and tabs: what can be sent again without an error or a second header line. */
    private static boolean isSafe(String value) {
        if (value.length() > MAX_VALUE_LENGTH) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '\t' && (c < 0x20 || c > 0x7e)) {
                return false;
            }
        }
        return true;
    }

    /** One cookie of the caller's. */
    record Cookie(String name, String value) {
        @Override
        public String toString() {
            return "Cookie[" + name + "]";
        }
    }

    /** Returns the allowed names. */
    @Override
    public String toString() {
        return "HeaderPolicy" + names;
    }

    /** The allowed headers and cookies of a request, its credential (empty when none) and how many values were unfit to send. */
    record Snapshot(SortedMap<String, List<String>> headers, List<Cookie> cookies, String authorization, int dropped) {
        @Override
        public String toString() {
            return "Snapshot" + headers.keySet();
        }
    }
}
