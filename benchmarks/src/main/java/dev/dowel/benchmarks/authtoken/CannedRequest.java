package dev.dowel.benchmarks.authtoken;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A GET with one header, taken again and again; all it allocates is an entry for each attribute, as a container does. */
final class CannedRequest extends HttpServletRequestWrapper {

    private static final ServletContext APPLICATION = Stub.of(
            ServletContext.class,
            Map.of("getContextPath", Optional.of(""), "getServletRegistration", Optional.empty()));
    private static final HttpServletMapping MAPPING =
            Stub.of(HttpServletMapping.class, Map.of("getServletName", Optional.of("users")));
    private static final Map<String, Optional<?>> ANSWERS = Map.ofEntries(
            Map.entry("getServletContext", Optional.of(APPLICATION)),
            Map.entry("getHttpServletMapping", Optional.of(MAPPING)),
            Map.entry("getDispatcherType", Optional.of(DispatcherType.REQUEST)),
            Map.entry("getMethod", Optional.of("GET")),
            Map.entry("getScheme", Optional.of("https")),
            Map.entry("getServerName", Optional.of("users.example.com")),
            Map.entry("getServerPort", Optional.of(443)),
            Map.entry("getContextPath", Optional.of("")),
            Map.entry("getRequestURI", Optional.of("/users")),
            Map.entry("getServletPath", Optional.of("/users")),
            Map.entry("getPathInfo", Optional.empty()),
            Map.entry("getQueryString", Optional.empty()),
            Map.entry("getRemoteAddr", Optional.of("127.0.0.1")),
            Map.entry("getSession", Optional.empty()));

    private final String authorization;
    private final Map<String, Object> attributes = new HashMap<>();
    private final Fields fields = new Fields();

    CannedRequest(String authorization) {
        super(Stub.of(HttpServletRequest.class, ANSWERS));
        this.authorization = authorization;
    }

    void again() {
        attributes.clear();
    }

    private final class Fields implements Enumeration<String> {
        private boolean more;

        @Override
        public boolean hasMoreElements() {
            return more;
        }

        @Override
        public String nextElement() {
            more = false;
            return authorization;
        }
    }

    @Override
    public @Nullable String getHeader(String name) {
        return name.equalsIgnoreCase("Authorization") ? authorization : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        fields.more = name.equalsIgnoreCase("Authorization");
        return fields;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(name);
    }
}
