package dev.dowel.remotemodel;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link RequestContext} for each inbound request. Put it behind the filters that decide who is let in and before
 * everything that calls other services; register it for the dispatcher types REQUEST, ASYNC and ERROR, with async support.
 *
 * <p>It copies the allowed headers and never keeps the request itself. ASYNC and ERROR dispatches get the same context
 * again, FORWARD and INCLUDE dispatches stay in it. The context is closed when the request is done: at the end of the
 * filter chain, or of an asynchronous request when that completes or fails. An ERROR dispatch that comes later has the
 * headers of the context and caches nothing. Containers that run requests on virtual threads need nothing else.
 */
public final class RequestContextFilter implements Filter {

    private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,12}");

    private final HeaderPolicy policy;
    private final @Nullable Duration timeLimit;
    private final String deadlineHeader;

    /** One name for each filter, so that two filters in one chain do not take each other's context. */
    private final String attribute = RequestContext.class.getName() + '@' + Integer.toHexString(hashCode());

    /** Makes a filter that keeps what {@link HeaderPolicy#tracing()} allows. */
    public RequestContextFilter() {
        this(HeaderPolicy.tracing());
    }

    /**
     * Makes a filter.
     *
     * @param policy which headers to keep; it must allow what the policies of the services are to send
     */
    public RequestContextFilter(HeaderPolicy policy) {
        this(builder().keep(policy));
    }

    private RequestContextFilter(Builder options) {
        this.policy = options.policy;
        this.timeLimit = options.timeLimit;
        this.deadlineHeader = options.deadlineHeader;
    }

    /**
     * Starts the options of a filter.
     *
     * @return the options
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http)) {
            chain.doFilter(request, response);
        } else if (http.getAttribute(attribute) instanceof RequestContext context) {
            run(context, request, response, chain);
        } else {
            open(http, response, chain);
        }
    }

    private void open(HttpServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestContext context = new RequestContext(policy.snapshot(name -> values(request, name)), deadline(request));
        request.setAttribute(attribute, context);
        boolean goesOn = false;
        try {
            run(context, request, response, chain);
        } finally {
            try {
                goesOn = request.isAsyncStarted() && closesLater(request, context);
            } finally {
                if (!goesOn) {
                    context.close();
                }
            }
        }
    }

    private @Nullable Deadline deadline(HttpServletRequest request) {
        Duration limit = timeLimit;
        String left = deadlineHeader.isEmpty() ? null : request.getHeader(deadlineHeader);
        if (left != null && MILLISECONDS.matcher(left).matches()) {
            Duration callers = Duration.ofMillis(Long.parseLong(left));
            limit = limit == null || callers.compareTo(limit) < 0 ? callers : limit;
        }
        return limit == null ? null : Deadline.in(limit, System::nanoTime);
    }

    private static void run(RequestContext context, ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Scope scope = context.bind();
        try {
            chain.doFilter(request, response);
        } finally {
            scope.close();
        }
    }

    private static boolean closesLater(HttpServletRequest request, RequestContext context) {
        try {
            request.getAsyncContext().addListener(new Closing(context));
            return true;
        } catch (IllegalStateException alreadyComplete) {
            return false;
        }
    }

    private static List<String> values(HttpServletRequest request, String name) {
        @Nullable Enumeration<String> values = request.getHeaders(name);
        return values == null ? List.of() : Collections.list(values);
    }

    /** Closes the context when the asynchronous request completes, which follows a timeout as well, or fails. */
    private record Closing(RequestContext context) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            context.close();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // onComplete follows.
        }

        @Override
        public void onError(AsyncEvent event) {
            // Tomcat leaves onComplete out when a request fails in the dispatch that started asynchronous processing.
            context.close();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // Starting again drops the listeners of the cycle before.
            event.getAsyncContext().addListener(this);
        }
    }

    /** The options of a {@link RequestContextFilter}. Not safe for use by several threads. */
    public static final class Builder {

        private HeaderPolicy policy = HeaderPolicy.tracing();
        private @Nullable Duration timeLimit;
        private String deadlineHeader = "";

        private Builder() {}

        /**
         * Sets which headers of the request are kept.
         *
         * @param headers {@link HeaderPolicy#tracing()} by default; it must allow what the policies of the services are to
         *     send
         * @return this
         */
        public Builder keep(HeaderPolicy headers) {
            this.policy = Objects.requireNonNull(headers, "headers");
            return this;
        }

        /**
         * Sets how long a request may take in all: calls on its behalf end then, and none is sent after it.
         *
         * @param limit from the moment the filter is reached; no limit by default
         * @return this
         * @throws IllegalArgumentException when it is not positive
         */
        public Builder timeLimit(Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("timeLimit must be positive but is " + limit);
            }
            this.timeLimit = limit;
            return this;
        }

        /**
         * Sets the header in which a caller says how many milliseconds it still waits, as {@link
         * RemoteService.Builder#deadlineHeader} sends. It can only shorten the time limit; what is not a whole number is
         * ignored.
         *
         * @param name the header's name; not read by default
         * @return this
         */
        public Builder deadlineHeader(String name) {
            this.deadlineHeader = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Builds the filter.
         *
         * @return the filter
         */
        public RequestContextFilter build() {
            return new RequestContextFilter(this);
        }
    }
}
