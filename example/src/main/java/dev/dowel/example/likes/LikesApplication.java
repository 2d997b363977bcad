package dev.dowel.example.likes;

import dev.dowel.authtoken.Authentication;
import dev.dowel.authtoken.BearerTokenFilter;
import dev.dowel.authtoken.TokenVerifier;
import dev.dowel.example.web.WebServer;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Subscription;
import dev.dowel.messaging.VersionRange;
import dev.dowel.messaging.outbox.JdbcInbox;
import dev.dowel.messaging.outbox.OutboxSchema;
import dev.dowel.ratelimit.RateLimitFilter;
import dev.dowel.ratelimit.RateLimitRule;
import dev.dowel.remotemodel.Credentials;
import dev.dowel.remotemodel.HeaderPolicy;
import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.RemoteService;
import dev.dowel.remotemodel.Repository;
import dev.dowel.remotemodel.RequestContextFilter;
import jakarta.servlet.Filter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** Wires the likes service: filters, the remote users, the subscription with its inbox. */
public final class LikesApplication implements AutoCloseable {
    private final WebServer server;
    private final RemoteService usersService;
    private final Subscription userDeleted;
    private final Likes likes;

    private LikesApplication(WebServer server, RemoteService usersService, Subscription userDeleted, Likes likes) {
        this.server = server;
        this.usersService = usersService;
        this.userDeleted = userDeleted;
        this.likes = likes;
    }

    /** Starts on the port (0 for a free one). */
    public static LikesApplication start(
            int port, DataSource database, Messaging messaging, TokenVerifier clients, URI usersAt, String queue) {
        JdbcLikes likes = JdbcLikes.over(database);
        likes.createTables();
        OutboxSchema.createIfMissing(database);

        HeaderPolicy headers = HeaderPolicy.tracing();
        RemoteService usersService = RemoteService.builder("users", usersAt)
                .version("v1")
                .credentials(Credentials.inbound())
                .propagate(headers)
                .build();
        Repository<User, Long> users = usersService
                .model("users", User.class, IdCodec.LONG)
                .id(User::id)
                .build();

        Subscription userDeleted = messaging
                .subscribe(queue)
                .bind("events", "user.deleted", VersionRange.parse("^2.0.0"))
                .retry(Duration.ofMillis(500), Duration.ofSeconds(5))
                .idempotent(JdbcInbox.of(database))
                .handler(
                        UserDeleted.class,
                        (user, delivery) -> new LikesService(JdbcLikes.inside(delivery.connection()), users)
                                .forget(Long.parseLong(user.userId())));

        List<Filter> filters = List.of(
                RateLimitFilter.builder()
                        .defaultRule(RateLimitRule.perIp(10, Duration.ofSeconds(1)))
                        .build(),
                BearerTokenFilter.builder(clients)
                        .realm("likes")
                        .authentication(Authentication.NONE, "/health")
                        .build(),
                new RequestContextFilter(headers));
        WebServer server = WebServer.start(port, filters, new LikesServlet(new LikesService(likes, users)));
        return new LikesApplication(server, usersService, userDeleted, likes);
    }

    /** Returns where the service listens. */
    public URI uri() {
        return server.uri();
    }

    /** Returns the port behind which the likes are kept. */
    public Likes likes() {
        return likes;
    }

    /** Returns whether the subscription runs. */
    public boolean listening() {
        return userDeleted.active();
    }

    @Override
    public void close() {
        server.close();
        userDeleted.close();
        usersService.close();
    }
}
