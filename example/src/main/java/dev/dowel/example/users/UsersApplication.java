package dev.dowel.example.users;

import dev.dowel.authtoken.BearerTokenFilter;
import dev.dowel.authtoken.TokenVerifier;
import dev.dowel.example.web.WebServer;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.outbox.Outbox;
import dev.dowel.messaging.outbox.OutboxSchema;
import dev.dowel.ratelimit.RateLimitFilter;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.remotemodel.RequestContextFilter;
import jakarta.servlet.Filter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** Wires the users service: limit, then token, then request context, then the servlet. */
public final class UsersApplication implements AutoCloseable {
    private final WebServer server;
    private final Outbox outbox;
    private final Users users;

    private UsersApplication(WebServer server, Outbox outbox, Users users) {
        this.server = server;
        this.outbox = outbox;
        this.users = users;
    }

    /** Starts on the port (0 for a free one); the tap sees every request before any filter of ours. */
    public static UsersApplication start(
            int port, DataSource database, Messaging messaging, TokenVerifier clients, Filter tap) {
        JdbcUsers.createTable(database);
        OutboxSchema.createIfMissing(database);
        Outbox outbox = Outbox.builder(database).publishWith(messaging).build();
        outbox.start();
        Users users = new JdbcUsers(database, outbox);
        List<Filter> filters = List.of(
                tap,
                RateLimitFilter.builder()
                        .defaultRule(RateLimitRule.perIp(1_000, Duration.ofSeconds(1)))
                        .build(),
                BearerTokenFilter.builder(clients).realm("users").build(),
                new RequestContextFilter());
        WebServer server = WebServer.start(port, filters, new UserServlet(new UserService(users)));
        return new UsersApplication(server, outbox, users);
    }

    /** Returns where the service listens. */
    public URI uri() {
        return server.uri();
    }

    /** Returns the port behind which the users are kept. */
    public Users users() {
        return users;
    }

    /** Returns how many announcements wait in the outbox. */
    public long pending() {
        return outbox.pending();
    }

    @Override
    public void close() {
        server.close();
        outbox.close();
    }
}
