package dev.dowel.messaging.testing;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.SubscriptionContract;
import java.time.Duration;

/** The contract on the double. */
class InMemorySubscriptionContractTest extends SubscriptionContract {
    @Override
    protected Messaging messaging() {
        return new InMemoryMessaging();
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        ((InMemoryMessaging) messaging).advance(time);
    }
}
