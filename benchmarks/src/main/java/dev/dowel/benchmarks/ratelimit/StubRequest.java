package dev.dowel.benchmarks.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A GET without headers, for one thread. What a limiter does not ask for is not there. */
final class StubRequest extends HttpServletRequestWrapper {
    private String address = "";
    private @Nullable String name;
    private @Nullable Object value;

    StubRequest() {
        super(FilterCalls.stub(HttpServletRequest.class, Map.of()));
    }

    /** Makes it a new request of this client. */
    void from(String newAddress) {
        address = newAddress;
        name = null;
        value = null;
    }

    @Override
    public String getRemoteAddr() {
        return address;
    }

    @Override
    public String getMethod() {
        return "GET";
    }

    @Override
    public @Nullable String getHeader(String header) {
        return null;
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return null;
    }

    @Override
    public @Nullable String getAuthType() {
        return null;
    }

    @Override
    public @Nullable Object getAttribute(String attribute) {
        return attribute.equals(name) ? value : null;
    }

    @Override
    public void setAttribute(String attribute, Object newValue) {
        name = attribute;
        value = newValue;
    }
}
