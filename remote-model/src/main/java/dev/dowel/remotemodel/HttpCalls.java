package dev.dowel.remotemodel;

import dev.dowel.remotemodel.RemoteCallException.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** Sends calls over OkHttp, again where the rules allow it, all attempts within one deadline. */
final class HttpCalls {

    static final int MAX_ERROR_BODY = 64 * 1024;

    private final OkHttpClient client;
    private final boolean ownsClient;
    private final HttpUrl origin;
    private final Redirects redirects;
    private final Duration callTimeout;
    private final String deadlineHeader;
    private final int maxBody;
    private final RetryRules rules;
    private final RetryBudget budget;
    private final Timing timing;
    private final Transport transport;
    private final CallEvents events;
    private volatile boolean closed;

    HttpCalls(RemoteService.Builder options, HttpUrl origin, Redirects redirects) {
        this.ownsClient = options.okHttpClient == null;
        this.client = harden(options);
        this.origin = origin;
        this.redirects = redirects;
        this.callTimeout = options.callTimeout;
        this.deadlineHeader = options.deadlineHeader;
        this.maxBody = options.maxResponseSize;
        this.timing = options.timing;
        this.rules = new RetryRules(options.retry, options.timing);
        this.budget = new RetryBudget(options.retry.budget());
        this.transport = options.transport.apply(call -> once((Attempt) call));
        this.events = new CallEvents(options.listeners, options.timing);
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

    /** How long one call may take: its own limit or the call timeout, or what is left for the request if that is less. */
    Duration patience(Caller caller) {
        Duration limit = limit(caller);
        Optional<Duration> left = caller.context().flatMap(RequestContext::timeLeft);
        return left.isPresent() && left.get().compareTo(limit) < 0 ? left.get() : limit;
    }

    /** How long one call may take where the request has no deadline. */
    Duration limit(Caller caller) {
        @Nullable Duration own = caller.view().limit();
        return own == null ? callTimeout : own;
    }

    CallEvents events() {
        return events;
    }

    Optional<Duration> retryAfter(Answer answer) {
        return rules.retryAfter(answer);
    }

    /** Returns the last answer, whatever its status. */
    Answer send(Ask ask) {
        if (closed) {
            throw new IllegalStateException(ask + ": the RemoteService is closed");
        }
        CallEvents.UnderWay call = events.begin(ask);
        Answer answer;
        try {
            answer = send(ask, call);
        } catch (RuntimeException | Error e) {
            call.failed(e);
            throw e;
        }
        call.answered(answer);
        return answer;
    }

    private Answer send(Ask ask, CallEvents.UnderWay call) {
        Duration limit = patience(ask.caller());
        if (limit.isZero()) {
            throw new RemoteTimeoutException(
                    ask + " was not sent: the deadline of the request has passed", Outcome.NOT_SENT, null);
        }
        if (!ask.isBeside()) {
            budget.called();
        }
        long end = timing.nanos().getAsLong() + limit.toNanos();
        Ask hop = ask;
        Answer answer = authorized(hop, end, call);
        for (int hops = 0; hops < redirects.limit(); hops++) {
            Optional<HttpUrl> target = redirects.target(hop, answer);
            if (target.isEmpty()) {
                break;
            }
            hop = hop.to(target.get());
            answer = authorized(hop, end, call);
        }
        return answer;
    }

    private Answer authorized(Ask ask, long end, CallEvents.UnderWay call) {
        Answer answer = send(ask, end, false, call);
        if (answer.status() != 401 || ask.isBeside()) {
            return answer;
        }
        // 401 says that nothing was done, so even a POST may follow with the new token.
        Optional<Caller> renewed = ask.caller().afterRejection();
        return renewed.isPresent()
                ? send(ask.as(renewed.get()), end, answer.repeated(), call).afterRenewal()
                : answer;
    }

    private Answer send(Ask ask, long end, boolean wasSent, CallEvents.UnderWay call) {
        boolean sentBefore = wasSent;
        // Past the last attempt there is no further one.
        int first = ask.isBeside() ? Integer.MAX_VALUE : 1;
        for (int number = first; ; number++) {
            Attempt attempt = new Attempt(ask, number, new Wire(ask.caller(), origin), end);
            Optional<Duration> pause;
            call.attempt();
            try {
                Answer answer = execute(attempt);
                if (answer.isSuccess()) {
                    return answer.afterRepeat(sentBefore);
                }
                pause = rules.afterAnswer(ask.isRepeatable(), number, answer, left(end))
                        .filter(wait -> budget.retry());
                if (pause.isEmpty()) {
                    return answer.afterRepeat(sentBefore);
                }
            } catch (BodyTooLarge e) {
                throw new RemoteDecodeException(
                        ask + " answered with more than " + maxBody + " bytes; ask for less or raise maxResponseSize");
            } catch (GivenUp e) {
                boolean sent = attempt.wire().endedAsSent();
                throw new RemoteCallException(
                        ask + (sent ? " was given up" : " was not sent") + " by a transport ("
                                + e.reason.getClass().getSimpleName() + ")",
                        outcome(sentBefore || sent),
                        e.reason);
            } catch (IOException e) {
                boolean sent = attempt.wire().endedAsSent();
                if (Thread.currentThread().isInterrupted()) {
                    throw new RemoteCallException(ask + " was interrupted", outcome(sentBefore || sent), e);
                }
                pause = rules.afterFailure(ask.isRepeatable(), number, sent, left(end))
                        .filter(wait -> budget.retry());
                if (pause.isEmpty()) {
                    throw failure(ask, sent, sentBefore || sent, e);
                }
            }
            sentBefore |= attempt.wire().endedAsSent();
            sleep(ask, pause.get(), sentBefore);
        }
    }

    /** Through the transports that the user put around ours. */
    private Answer execute(Attempt attempt) throws IOException {
        if (attempt.ask().isBeside()) {
            // A circuit breaker must neither open nor close by calls that nobody waits for.
            return once(attempt);
        }
        Transport.Response response;
        try {
            response = transport.execute(attempt);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            // Failsafe, for one, wraps the exception that it lets through.
            throw e.getCause() instanceof IOException passedOn ? passedOn : new GivenUp(e);
        }
        if (response instanceof Answer answer) {
            return answer;
        }
        throw new IllegalStateException("a transport of service " + attempt.service()
                + " returned a response it did not get from the next one");
    }

    private Answer once(Attempt attempt) throws IOException {
        Ask ask = attempt.ask();
        // Asked for here, because a transport may have waited for its turn.
        Duration left = left(attempt.end());
        if (left.isNegative() || left.isZero()) {
            throw new InterruptedIOException("no time left");
        }
        Ask.Payload payload = ask.payload();
        Request.Builder request = new Request.Builder()
                .url(ask.url())
                .method(ask.verb().name(), payload == null ? null : new OneShotBody(payload))
                .header("Accept", "application/json")
                .header("User-Agent", "dowel-remote-model")
                .tag(Wire.class, attempt.wire());
        ask.headers().forEach(request::header);
        if (!deadlineHeader.isEmpty()) {
            request.header(deadlineHeader, Long.toString(Math.max(1, left.toMillis())));
        }
        Call call = client.newCall(request.build());
        call.timeout().timeout(left.toNanos(), TimeUnit.NANOSECONDS);
        try (Response response = call.execute()) {
            byte[] body = read(response);
            String retryAfter = attempt.wire().retryAfter(response);
            Headers headers = retryAfter.isEmpty()
                    ? response.headers()
                    : response.headers()
                            .newBuilder()
                            .set("Retry-After", retryAfter)
                            .build();
            return new Answer(response.code(), headers, retryAfter, body);
        }
    }

    /** Reads the body to its end or its limit; through the source's own buffers, which cost nothing for small bodies. */
    private byte[] read(Response response) throws IOException {
        BufferedSource source = response.body().source();
        int limit = response.isSuccessful() ? maxBody : MAX_ERROR_BODY;
        boolean more = source.request(limit + 1L);
        if (more && response.isSuccessful()) {
            throw new BodyTooLarge();
        }
        return more ? source.readByteArray(limit) : source.readByteArray();
    }

    private RemoteCallException failure(Ask ask, boolean sent, boolean maybeDone, IOException e) {
        String advice = maybeDone && !ask.isRepeatable() ? "; it may have been carried out" : "";
        if (e instanceof InterruptedIOException) {
            boolean requestIsOver = patience(ask.caller()).isZero();
            String limit = requestIsOver ? "the deadline of the request" : "the call timeout of " + limit(ask.caller());
            String what = sent
                    ? " did not answer within " + limit
                    : " could not connect within " + (e instanceof SocketTimeoutException ? connectLimit() : limit);
            return new RemoteTimeoutException(ask + what + advice, outcome(maybeDone), e);
        }
        String what = sent ? " broke off before an answer came" : " could not be sent";
        return new RemoteCallException(
                ask + what + " (" + e.getClass().getSimpleName() + ")" + advice, outcome(maybeDone), e);
    }

    private String connectLimit() {
        return "the connect timeout of " + Duration.ofMillis(client.connectTimeoutMillis());
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

    /** One attempt as a transport sees it, and what ours needs of it. */
    private record Attempt(Ask ask, int attempt, Wire wire, long end) implements CallInfo {

        @Override
        public String service() {
            return ask.scope().service();
        }

        @Override
        public String entity() {
            return ask.scope().entity();
        }

        @Override
        public Operation operation() {
            return ask.operation();
        }

        @Override
        public String toString() {
            return ask + ", attempt " + attempt;
        }
    }

    /** A transport of the user's threw something of its own: a circuit breaker that is open, a bulkhead that is full. */
    private static final class GivenUp extends IOException {
        private static final long serialVersionUID = 1L;

        /** What it threw. */
        private final Exception reason;

        GivenUp(Exception reason) {
            super(reason);
            this.reason = reason;
        }
    }

    private static final class BodyTooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
