package dev.dowel.benchmarks.authtoken;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.Map;

/** An answer that nobody reads: what a filter makes for it counts, what a container makes of it does not. */
final class CannedResponse extends HttpServletResponseWrapper {

    private final Sink sink = new Sink();

    CannedResponse() {
        super(Stub.of(HttpServletResponse.class, Map.of()));
    }

    private static final class Sink extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(int b) {}

        @Override
        public void write(byte[] bytes, int from, int length) {}
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return sink;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public void setStatus(int status) {}

    @Override
    public void setHeader(String name, String value) {}

    @Override
    public void addHeader(String name, String value) {}

    @Override
    public void setContentType(String type) {}

    @Override
    public void setContentLength(int length) {}
}
