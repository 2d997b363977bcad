package dev.dowel.example.demo;

import dev.dowel.example.likes.User;
import dev.dowel.remotemodel.Credentials;
import dev.dowel.remotemodel.HeaderPolicy;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.InMemoryRepository;
import dev.dowel.remotemodel.MigratingRepository;
import dev.dowel.remotemodel.MigrationListener;
import dev.dowel.remotemodel.MigrationPlan;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.Repository;
import dev.dowel.remotemodel.RequestContext;
import dev.dowel.remotemodel.Scope;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** The users as the likes service would move them: from a table of its own to the users service, plan by plan. */
final class Migration implements AutoCloseable, MigrationListener {
    static final long SAME = 3;
    static final long OUTDATED = 4;

    private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
    private final RemoteService service;
    private final MigratingRepository<User, Long> users;
    private volatile MigrationPlan plan = MigrationPlan.local();

    Migration(URI usersAt, Supplier<String> token) {
        Repository<User, Long> table =
                InMemoryRepository.builder(User.class, IdCodec.LONG, User::id).build();
        table.create(new User(SAME, "User " + SAME));
        table.create(new User(OUTDATED, "A name that has changed since"));
        this.service = RemoteService.builder("users", usersAt)
                .credentials(Credentials.bearer(token))
                .build();
        Repository<User, Long> remote =
                service.model("users", User.class, IdCodec.LONG).id(User::id).build();
        this.users = MigratingRepository.builder("users", table, remote, IdCodec.LONG)
                .plan(() -> plan)
                .listener(this)
                .build();
    }

    /** Reads one user in a request of its own while the plan is the given one. */
    User read(MigrationPlan during, long id) {
        plan = during;
        RequestContext request = RequestContext.of(Map.of(), HeaderPolicy.none());
        Scope scope = request.bind();
        try {
            return users.get(id);
        } finally {
            scope.close();
            request.close();
        }
    }

    /** Returns what has been said about agreement since the last call, waiting for the first. */
    String said() {
        Wait.until("both sides are compared", Stage.PATIENCE, () -> !events.isEmpty());
        return String.valueOf(events.poll());
    }

    @Override
    public void agreed(String entity, String operation) {
        events.add(entity + " " + operation + ": both sides agree");
    }

    @Override
    public void differed(String entity, String operation, List<String> paths) {
        events.add(entity + " " + operation + ": the sides differ in " + paths);
    }

    @Override
    public void notCompared(String entity, String operation, NotCompared reason) {
        events.add(entity + " " + operation + ": not compared, " + reason);
    }

    @Override
    public void close() {
        users.close();
        service.close();
    }
}
