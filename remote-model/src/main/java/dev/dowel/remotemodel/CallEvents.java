package dev.dowel.remotemodel;

import dev.dowel.remotemodel.CallListener.CacheRead;
import dev.dowel.remotemodel.CallListener.CacheResult;
import dev.dowel.remotemodel.CallListener.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners of one service what happened. */
final class CallEvents {

    private static final Logger log = LoggerFactory.getLogger(RemoteService.class);

    private final List<Guarded> listeners;
    private final Deprecations deprecations;
    private final Timing timing;

    CallEvents(List<CallListener> listeners, Timing timing) {
        this.listeners = listeners.stream().map(Guarded::new).toList();
        this.deprecations = new Deprecations(timing);
        this.timing = timing;
    }

    UnderWay begin(Ask ask) {
        return new UnderWay(ask, timing.nanos().getAsLong());
    }

    void cacheRead(EntityScope scope, CacheResult result) {
        if (!listeners.isEmpty()) {
            CacheRead read = new CacheRead(scope.service(), scope.entity(), result);
            tell(listener -> listener.cacheRead(read));
        }
    }

    private void tell(Consumer<CallListener> event) {
        for (Guarded listener : listeners) {
            listener.tell(event);
        }
    }

    /** A call between its first attempt and its end. */
    final class UnderWay {

        private final Ask ask;
        private final long start;
        private int attempts;

        private UnderWay(Ask ask, long start) {
            this.ask = ask;
            this.start = start;
        }

        void attempt() {
            attempts++;
        }

        void answered(Answer answer) {
            end(outcome(answer));
            deprecations.in(ask, answer).ifPresent(found -> tell(listener -> listener.deprecationNoticed(found)));
        }

        void failed(Throwable e) {
            end(outcome(e));
        }

        private void end(Outcome outcome) {
            if (!listeners.isEmpty()) {
                CallListener.Call call = new CallListener.Call(
                        ask.scope().service(),
                        ask.scope().entity(),
                        ask.operation(),
                        outcome,
                        attempts,
                        Duration.ofNanos(timing.nanos().getAsLong() - start));
                tell(listener -> listener.callEnded(call));
            }
        }

        private Outcome outcome(Answer answer) {
            if (answer.isSuccess()) {
                boolean promised = ask.verb() == Verb.GET || answer.body().length > 0;
                boolean readable = ask.operation() == Operation.DELETE || !promised || answer.isDocument();
                return readable ? Outcome.SUCCESS : Outcome.UNREADABLE;
            }
            boolean ofOneEntity = ask.operation() != Operation.CREATE
                    && ask.operation() != Operation.FILTER
                    && ask.operation() != Operation.GET_ALL;
            if (ofOneEntity && answer.isAbsent()) {
                return Outcome.ABSENT;
            }
            if (answer.status() < 400) {
                return Outcome.REDIRECT;
            }
            return answer.status() < 500 ? Outcome.CLIENT_ERROR : Outcome.SERVER_ERROR;
        }

        private static Outcome outcome(Throwable e) {
            if (e instanceof RemoteTimeoutException) {
                return Outcome.TIMEOUT;
            }
            if (e instanceof RemoteCallException call) {
                return call.outcome() == RemoteCallException.Outcome.NOT_SENT ? Outcome.NOT_SENT : Outcome.UNKNOWN;
            }
            return e instanceof RemoteDecodeException ? Outcome.UNREADABLE : Outcome.FAILED;
        }
    }

    /** A listener that cannot fail a call. */
    private static final class Guarded {

        private final CallListener listener;
        private final AtomicBoolean complained = new AtomicBoolean();

        Guarded(CallListener listener) {
            this.listener = listener;
        }

        void tell(Consumer<CallListener> event) {
            try {
                event.accept(listener);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable e) {
                if (complained.compareAndSet(false, true)) {
                    log.warn(
                            "The call listener {} failed; calls go on and this is said once",
                            listener.getClass().getName(),
                            e);
                }
            }
        }
    }
}
