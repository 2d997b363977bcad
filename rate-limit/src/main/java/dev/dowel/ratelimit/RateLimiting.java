package dev.dowel.ratelimit;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits one servlet where there is no filter, or with a limit beside the filter's. Annotations of the servlet, such as
 * {@link RateLimited}, are not seen by filters that read the class of its registration, and not by this limit.
 */
public final class RateLimiting {
    private RateLimiting() {}

    /**
     * Limits a servlet by a rule, counted in this process.
     *
     * @param servlet the servlet
     * @param rule the limit
     * @return a servlet to register in its place; it initializes and destroys that one
     */
    public static Servlet limit(Servlet servlet, RateLimitRule rule) {
        return limit(servlet, RateLimitFilter.builder().defaultRule(rule).build());
    }

    /**
     * Limits a servlet as a filter would.
     *
     * @param servlet the servlet
     * @param filter what limits; closed with the servlet, so it belongs to this one alone
     * @return a servlet to register in its place; it initializes and destroys that one
     */
    public static Servlet limit(Servlet servlet, RateLimitFilter filter) {
        return new Limited(Objects.requireNonNull(servlet, "servlet"), Objects.requireNonNull(filter, "filter"));
    }

    private record Limited(Servlet servlet, RateLimitFilter filter) implements Servlet {
        @Override
        public void init(ServletConfig config) throws ServletException {
            servlet.init(config);
        }

        @Override
        public @Nullable ServletConfig getServletConfig() {
            return servlet.getServletConfig();
        }

        @Override
        public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
            filter.doFilter(request, response, servlet::service);
        }

        @Override
        public @Nullable String getServletInfo() {
            return servlet.getServletInfo();
        }

        @Override
        public void destroy() {
            try {
                servlet.destroy();
            } finally {
                filter.destroy();
            }
        }
    }
}
