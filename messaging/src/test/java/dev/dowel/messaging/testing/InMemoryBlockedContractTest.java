package dev.dowel.messaging.testing;

import dev.dowel.messaging.BlockedContract;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.MessagingListener;
import java.time.Duration;

/** The contract on the double. */
class InMemoryBlockedContractTest extends BlockedContract {
    @Override
    protected Messaging messaging(MessagingListener listener) {
        return new InMemoryMessaging().listener(listener);
    }

    @Override
    protected void block(Messaging messaging) {
        ((InMemoryMessaging) messaging).faults().blockPublishers();
    }

    @Override
    protected void unblock(Messaging messaging) {
        ((InMemoryMessaging) messaging).faults().unblockPublishers();
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        ((InMemoryMessaging) messaging).advance(time);
    }
}
