package dev.dowel.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int CALLS = 20_000;

    private final Request request = new Request();
    private final Answer answer = new Answer();

    @Test
    void a_refusal_with_all_headers_allocates_no_more_than_100_bytes() throws Exception {
        RateLimitFilter filter = filter(1);
        long bytes = bytesForEach(filter);
        assertThat(bytes).isLessThanOrEqualTo(100);
        assertThat(answer.status).isEqualTo(429);
    }

    @Test
    void a_call_that_passes_allocates_no_more_than_100_bytes() throws Exception {
        RateLimitFilter filter = filter(1L << 31);
        long bytes = bytesForEach(filter);
        assertThat(bytes).isLessThanOrEqualTo(100);
        assertThat(answer.status).isZero();
    }

    @Test
    void a_filter_without_a_penalty_takes_no_memory_for_blocked_clients() {
        BucketStore store = new LocalBucketStore(1);
        RateLimitRule rule = RateLimitRule.perIp(1, Duration.ofHours(1));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            RateLimitFilter.builder().defaultRule(rule).store(store).build();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(200_000);
    }

    private static RateLimitFilter filter(long calls) {
        return RateLimitFilter.builder()
                .defaultRule(RateLimitRule.perIp(calls, Duration.ofHours(1)))
                .build();
    }

    /** Of several measurements the least, which is without what else happens on the thread. */
    private long bytesForEach(RateLimitFilter filter) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FilterChain chain = (passed, through) -> {};
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                request.marked = null;
                filter.doFilter(request, answer, chain);
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
        }
        return least;
    }

    private static <T> T nothing(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> null));
    }

    private static final class Request extends HttpServletRequestWrapper {
        private Object marked;

        Request() {
            super(nothing(HttpServletRequest.class));
        }

        @Override
        public String getRemoteAddr() {
            return "192.0.2.7";
        }

        @Override
        public String getMethod() {
            return "GET";
        }

        @Override
        public String getHeader(String name) {
            return null;
        }

        @Override
        public java.security.Principal getUserPrincipal() {
            return null;
        }

        @Override
        public String getAuthType() {
            return null;
        }

        @Override
        public Object getAttribute(String name) {
            return marked;
        }

        @Override
        public void setAttribute(String name, Object value) {
            marked = value;
        }
    }

    private static final class Answer extends HttpServletResponseWrapper {
        private int status;
        private final ServletOutputStream nowhere = new ServletOutputStream() {
            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {}

            @Override
            public void write(int b) {}

            @Override
            public void write(byte[] bytes) {}
        };

        Answer() {
            super(nothing(HttpServletResponse.class));
        }

        @Override
        public boolean isCommitted() {
            return false;
        }

        @Override
        public void resetBuffer() {}

        @Override
        public void setStatus(int newStatus) {
            status = newStatus;
        }

        @Override
        public void setHeader(String name, String value) {}

        @Override
        public void setContentType(String type) {}

        @Override
        public void setContentLength(int length) {}

        @Override
        public ServletOutputStream getOutputStream() {
            return nowhere;
        }
    }
}
