package dev.dowel.messaging.testing;

import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.ParkingLotContract;
import java.time.Duration;

/** The contract on the double. */
class InMemoryParkingLotContractTest extends ParkingLotContract {
    @Override
    protected Messaging messaging() {
        return new InMemoryMessaging();
    }

    @Override
    protected void pass(Messaging messaging, Duration time) {
        ((InMemoryMessaging) messaging).advance(time);
    }
}
