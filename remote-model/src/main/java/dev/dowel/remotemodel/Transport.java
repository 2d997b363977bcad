package dev.dowel.remotemodel;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Sends calls over OkHttp, again where the rules allow it, all attempts within one deadline. */
final class Transport {

    static final int MAX_ERROR_BODY = 64 * 1024;

    private final OkHttpClient client;
    private final boolean ownsClient;
    private final HttpUrl origin;
    private final Duration callTimeout;
    private final int maxBody;
    private final RetryRules rules;
    private final Timing timing;
    private volatile boolean closed;

    Transport(RemoteService.Builder options, HttpUrl origin) {
        this.ownsClient = options.okHttpClient == null;
        this.client = harden(options);
        this.origin = origin;
        this.callTimeout = options.callTimeout;
        this.maxBody = options.maxResponseBytes;
        this.timing = options.timing;
        this.rules = new RetryRules(options.attempts, options.timing);
    }

    private static OkHttpClient harden(RemoteService.Builder options) {
        @Nullable OkHttpClient given = options.okHttpClient;
        OkHttpClient.Builder builder = given == null
                // Below the idle time after which servers close, so that a POST rarely meets a dead connection.
                ? new OkHttpClient.Builder().connectionPool(new ConnectionPool(32, 5, TimeUnit.SECONDS))
                : given.newBuilder();
        return builder.followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .cache(null)
                .cookieJar(CookieJar.NO_COOKIES)
                .authenticator(Authenticator.NONE)
                .connectTimeout(options.connectTimeout)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .addInterceptor(Wire::address)
                .addNetworkInterceptor(Wire::observe)
                .build();
    }

    Duration callTimeout() {
        return callTimeout;
    }

    Optional<Duration> retryAfter(Answer answer) {
        return rules.retryAfter(answer);
    }

    /** Returns the last answer, whatever its status. */
    Answer send(Ask ask) {
        if (closed) {
            throw new IllegalStateException(ask + ": the RemoteService is closed");
        }
        long end = timing.nanos().getAsLong() + callTimeout.toNanos();
        boolean sentBefore = false;
        for (int attempt = 1; ; attempt++) {
            Wire wire = new Wire(ask.caller(), origin);
            Optional<Duration> pause;
            try {
                Answer answer = once(ask, wire, left(end));
                pause = rules.afterAnswer(ask.verb(), attempt, answer, left(end));
                if (pause.isEmpty()) {
                    return answer.afterRepeat(sentBefore);
                }
            } catch (BodyTooLarge e) {
                throw new RemoteDecodeException(
                        ask + " answered with more than " + maxBody + " bytes; ask for less or raise maxResponseBytes");
            } catch (IOException e) {
                boolean maybeDone = sentBefore || wire.sent();
                if (Thread.currentThread().isInterrupted()) {
                    throw new RemoteCallException(ask + " was interrupted", outcome(maybeDone), e);
                }
                pause = rules.afterFailure(ask.verb(), attempt, wire.sent(), left(end));
                if (pause.isEmpty()) {
                    throw failure(ask, wire, maybeDone, e);
                }
            }
            sentBefore |= wire.sent();
            sleep(ask, pause.get(), sentBefore);
        }
    }

    private Answer once(Ask ask, Wire wire, Duration left) throws IOException {
        if (left.isNegative() || left.isZero()) {
            throw new InterruptedIOException("no time left");
        }
        Ask.Payload payload = ask.payload();
        Request request = new Request.Builder()
                .url(ask.url())
                .method(ask.verb().name(), payload == null ? null : new OneShotBody(payload))
                .header("Accept", "application/json")
                .header("User-Agent", "dowel-remote-model")
                .tag(Wire.class, wire)
                .build();
        Call call = client.newCall(request);
        call.timeout().timeout(left.toNanos(), TimeUnit.NANOSECONDS);
        try (Response response = call.execute()) {
            byte[] body = read(response);
            return new Answer(response.code(), response.headers(), wire.retryAfter(response), body, false);
        }
    }

    private byte[] read(Response response) throws IOException {
        InputStream in = response.body().byteStream();
        if (!response.isSuccessful()) {
            return in.readNBytes(MAX_ERROR_BODY);
        }
        byte[] body = in.readNBytes(maxBody);
        if (body.length == maxBody && in.read() >= 0) {
            throw new BodyTooLarge();
        }
        return body;
    }

    private RemoteCallException failure(Ask ask, Wire wire, boolean maybeDone, IOException e) {
        String advice = maybeDone && !ask.verb().isRepeatable() ? "; it may have been carried out" : "";
        if (e instanceof InterruptedIOException) {
            String what = wire.sent()
                    ? " did not answer within the call timeout of " + callTimeout
                    : " could not connect within the connect or call timeout";
            return new RemoteTimeoutException(ask + what + advice, outcome(maybeDone), e);
        }
        String what = wire.sent() ? " broke off before an answer came" : " could not be sent";
        return new RemoteCallException(
                ask + what + " (" + e.getClass().getSimpleName() + ")" + advice, outcome(maybeDone), e);
    }

    private static Outcome outcome(boolean maybeDone) {
        return maybeDone ? Outcome.UNKNOWN : Outcome.NOT_SENT;
    }

    private void sleep(Ask ask, Duration pause, boolean maybeDone) {
        try {
            timing.sleeper().sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteCallException(ask + " was interrupted between two attempts", outcome(maybeDone), e);
        }
    }

    private Duration left(long end) {
        return Duration.ofNanos(end - timing.nanos().getAsLong());
    }

    void close() {
        closed = true;
        if (ownsClient) {
            client.connectionPool().evictAll();
        }
    }

    private static final class BodyTooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
