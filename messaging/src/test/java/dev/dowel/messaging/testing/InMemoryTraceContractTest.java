package dev.dowel.messaging.testing;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.TraceContext;
import dev.dowel.messaging.TraceContract;
import java.time.Duration;

/** The contract on the double. */
class InMemoryTraceContractTest extends TraceContract {
    @Override
    protected Messaging messaging(TraceContext context) {
        return new InMemoryMessaging().traceContext(context);
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        ((InMemoryMessaging) messaging).advance(time);
    }
}
