package dev.dowel.benchmarks.ratelimit;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Map;

/** Calls a filter without a container. Each thread has a request and an answer of its own. */
final class FilterCalls implements Contender {
    private static final String NAME = "limit";

    private final Filter filter;
    private final ThreadLocal<Exchange> exchanges = ThreadLocal.withInitial(Exchange::new);

    FilterCalls(Filter filter) {
        this.filter = filter;
        try {
            filter.init(config(filter));
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Exchange {
        final StubRequest request = new StubRequest();
        final StubResponse response = new StubResponse();
        boolean passed;
        final FilterChain chain = (in, out) -> passed = true;
    }

    @Override
    public boolean passes(String address) {
        Exchange exchange = exchanges.get();
        exchange.request.from(address);
        exchange.passed = false;
        try {
            filter.doFilter(exchange.request, exchange.response, exchange.chain);
        } catch (IOException | ServletException e) {
            throw new IllegalStateException(e);
        }
        return exchange.passed;
    }

    @Override
    public void close() {
        filter.destroy();
    }

    /** Jetty's filter looks for itself in the context. */
    private static FilterConfig config(Filter filter) {
        ServletContext context = stub(ServletContext.class, (self, method, arguments) -> {
            if (method.getName().equals("getAttribute")) {
                return NAME.equals(arguments[0]) ? filter : null;
            }
            return method.getName().equals("getServletRegistrations") ? Map.of() : null;
        });
        return stub(
                FilterConfig.class,
                Map.of(
                        "getServletContext",
                        context,
                        "getFilterName",
                        NAME,
                        "getInitParameterNames",
                        Collections.emptyEnumeration()));
    }

    /** Answers with what is given by the method's name, else with null. */
    static <T> T stub(Class<T> type, Map<String, Object> answers) {
        return stub(type, (self, method, arguments) -> answers.get(method.getName()));
    }

    private static <T> T stub(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
