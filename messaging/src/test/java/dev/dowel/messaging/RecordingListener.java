package dev.dowel.messaging;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Keeps all it hears. */
public final class RecordingListener implements MessagingListener {
    public final List<Supplier<MessagingHealth>> attached = new CopyOnWriteArrayList<>();
    public final List<Published> published = new CopyOnWriteArrayList<>();
    public final List<String> subscribed = new CopyOnWriteArrayList<>();
    public final List<Consumed> consumed = new CopyOnWriteArrayList<>();
    public final List<ConnectionChange> changes = new CopyOnWriteArrayList<>();
    public final List<SlowHandler> slow = new CopyOnWriteArrayList<>();
    public final List<DeprecatedVersion> deprecated = new CopyOnWriteArrayList<>();
    public final List<TopologyProblem> problems = new CopyOnWriteArrayList<>();

    @Override
    public void attached(Supplier<MessagingHealth> health) {
        attached.add(health);
    }

    @Override
    public void published(Published event) {
        published.add(event);
    }

    @Override
    public void subscribed(String queue) {
        subscribed.add(queue);
    }

    @Override
    public void consumed(Consumed event) {
        consumed.add(event);
    }

    @Override
    public void connectionChanged(ConnectionChange event) {
        changes.add(event);
    }

    @Override
    public void handlerIsSlow(SlowHandler event) {
        slow.add(event);
    }

    @Override
    public void deprecatedVersion(DeprecatedVersion event) {
        deprecated.add(event);
    }

    @Override
    public void topologyProblem(TopologyProblem event) {
        problems.add(event);
    }

    List<ConnectionState> states(Connection connection) {
        return changes.stream()
                .filter(change -> change.connection() == connection)
                .map(ConnectionChange::to)
                .toList();
    }
}
