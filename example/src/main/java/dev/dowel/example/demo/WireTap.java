package dev.dowel.example.demo;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Stands in front of a service and notes each request that arrives, before any other filter sees it. */
final class WireTap implements Filter {
    private final ConcurrentLinkedQueue<Seen> requests = new ConcurrentLinkedQueue<>();

    /** One request as it arrived, and its answer's status. */
    record Seen(
            String method, String target, Optional<String> traceparent, Optional<String> authorization, int status) {
        /** Returns a line to print: the token is masked. */
        String line() {
            return method + " " + target + "  traceparent=" + traceparent.orElse("none") + "  authorization="
                    + (authorization.isPresent() ? "Bearer ***" : "none") + "  -> " + status;
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        try {
            chain.doFilter(request, response);
        } finally {
            String query = http.getQueryString() == null ? "" : "?" + http.getQueryString();
            requests.add(new Seen(
                    http.getMethod(),
                    http.getRequestURI() + query,
                    Optional.ofNullable(http.getHeader("traceparent")),
                    Optional.ofNullable(http.getHeader("Authorization")),
                    ((HttpServletResponse) response).getStatus()));
        }
    }

    /** Returns what has arrived since the last call. */
    List<Seen> drain() {
        List<Seen> seen = new ArrayList<>();
        for (Seen next = requests.poll(); next != null; next = requests.poll()) {
            seen.add(next);
        }
        return seen;
    }
}
