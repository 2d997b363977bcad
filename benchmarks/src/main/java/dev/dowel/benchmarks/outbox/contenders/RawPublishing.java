package dev.dowel.benchmarks.outbox.contenders;

import dev.dowel.benchmarks.messaging.contenders.Contender;
import dev.dowel.benchmarks.messaging.contenders.Event;
import dev.dowel.benchmarks.messaging.contenders.Job;
import org.jspecify.annotations.Nullable;

/** The yardstick: publishes as many as it can in a window, from memory. */
final class RawPublishing implements Relaying {

    private final Setting setting;
    private @Nullable AutoCloseable publishing;

    RawPublishing(Setting setting) {
        this.setting = setting;
    }

    @Override
    public void store(byte[][] bodies, Runnable committing) {
        committing.run();
    }

    @Override
    public void start() throws Exception {
        Event event = Event.ofSize(setting.size());
        publishing = Contender.RAW_WINDOW.start(new Job(
                setting.uri(), setting.exchange(), "", event, event.json(), 1, Setting.BATCH, 0, setting.tally()));
    }

    @Override
    public void close() throws Exception {
        setting.tally().end();
        if (publishing != null) {
            publishing.close();
        }
    }
}
