package dev.dowel.benchmarks.authtoken;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/** A filter before a service that does nothing. */
final class FilterGate implements Gate {

    private final Filter filter;
    private final CannedRequest request;
    private final CannedResponse response = new CannedResponse();
    private final Service service = new Service();

    private static final class Service implements FilterChain {
        private boolean reached;

        @Override
        public void doFilter(ServletRequest request, ServletResponse response) {
            reached = true;
        }
    }

    FilterGate(Filter filter, String authorization) {
        this.filter = filter;
        this.request = new CannedRequest(authorization);
    }

    @Override
    public boolean admits() throws Exception {
        request.again();
        service.reached = false;
        filter.doFilter(request, response, service);
        return service.reached;
    }
}
