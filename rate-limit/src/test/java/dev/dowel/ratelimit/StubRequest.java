package dev.dowel.ratelimit;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request without a container, for what does not depend on one. */
final class StubRequest extends HttpServletRequestWrapper {
    private final String method;
    private final String path;
    private final String address;
    private final Map<String, Object> attributes = new HashMap<>();

    StubRequest(String method, String path, String address) {
        super(stub(HttpServletRequest.class, (self, called, arguments) -> null));
        this.method = method;
        this.path = path;
        this.address = address;
    }

    static <T> T stub(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Sends it through a filter to a service that answers with the status; returns whether it got there. */
    boolean passes(RateLimitFilter filter, int status) throws IOException, ServletException {
        AtomicBoolean passed = new AtomicBoolean();
        HttpServletResponse response = new HttpServletResponseWrapper(
                stub(HttpServletResponse.class, (self, called, arguments) -> switch (called.getName()) {
                    case "isCommitted" -> true;
                    case "getStatus" -> status;
                    default -> null;
                }));
        filter.doFilter(this, response, (request, answer) -> passed.set(true));
        return passed.get();
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public String getServletPath() {
        return path;
    }

    @Override
    public String getRemoteAddr() {
        return address;
    }

    @Override
    public HttpServletMapping getHttpServletMapping() {
        return stub(HttpServletMapping.class, (self, called, arguments) -> "servlet");
    }

    @Override
    public boolean isAsyncStarted() {
        return false;
    }

    @Override
    public Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes.put(name, value);
    }
}
