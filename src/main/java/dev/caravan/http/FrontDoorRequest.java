package dev.caravan.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A request as the routes see it: under its own path, whatever alias it came by, and with a body of bounded length.
 *
 * <p>Camel reads every body into memory before a route begins; of one to be streamed it is told that it is empty.
 */
final class FrontDoorRequest extends HttpServletRequestWrapper {
    private final String path;
    private final long limit;
    private final long patience;
    private final boolean streamed;
    private final long begun = System.nanoTime();

    /**
     * @param path that the routes know
     * @param limit of the body, in bytes
     * @param patience longest time from the request to the end of its body, in milliseconds
     * @param streamed whether a route reads the body by itself, from {@link #getInputStream}
     */
    FrontDoorRequest(HttpServletRequest request, String path, long limit, long patience, boolean streamed) {
        super(request);
        this.path = path;
        this.limit = limit;
        this.patience = patience;
        this.streamed = streamed;
    }

    /** What Camel asks; whoever wants to know uses {@link #getContentLengthLong}. */
    @Override
    public int getContentLength() {
        return streamed ? 0 : super.getContentLength();
    }

    @Override
    public String getRequestURI() {
        return path;
    }

    @Override
    public StringBuffer getRequestURL() {
        String whole = super.getRequestURL().toString();
        return new StringBuffer(
                whole.substring(0, whole.length() - super.getRequestURI().length()) + path);
    }

    @Override
    public String getServletPath() {
        return path;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return new Bounded(super.getInputStream());
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    /** Ends with a failure where the body is longer than it may be, or does not come to its end. */
    private final class Bounded extends ServletInputStream {
        private final ServletInputStream in;
        private long count;

        Bounded(ServletInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(patience)) {
                throw new BodyTooSlowException(patience);
            }
            int n = in.read(buffer, offset, length);
            count += Math.max(n, 0);
            if (count > limit) {
                var failure = new BodyTooLongException(limit);
                // Camel loses the failure, and meets a closed reader when it comes back.
                setAttribute(BodyTooLongException.class.getName(), failure);
                throw failure;
            }
            return n;
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }
    }
}
