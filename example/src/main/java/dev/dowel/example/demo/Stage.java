package dev.dowel.example.demo;

import dev.dowel.example.likes.LikesApplication;
import dev.dowel.example.likes.Page;
import dev.dowel.example.users.User;
import dev.dowel.example.users.UsersApplication;
import dev.dowel.messaging.Messaging;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Both services, running, with data: fifty users who all like the page {@code welcome}, which user 7 made alone. */
final class Stage implements AutoCloseable {
    static final int USERS = 50;
    static final long AUTHOR = 7;
    static final String PAGE = "welcome";
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Databases databases;
    private final Broker broker;
    private final Messaging usersMessaging;
    private final Messaging likesMessaging;
    private final UsersApplication users;
    private final LikesApplication likes;
    private final List<EventTap> taps;
    private final WireTap wire = new WireTap();
    private final Clients clients = new Clients();
    private long listeningSince;

    private Stage(Databases databases, Broker broker, String queueSuffix, int usersPort, int likesPort) {
        this.databases = databases;
        this.broker = broker;
        this.usersMessaging = broker.connect("users");
        this.likesMessaging = broker.connect("likes");
        this.users = UsersApplication.start(usersPort, databases.users(), usersMessaging, clients.verifier(), wire);
        this.likes = LikesApplication.start(
                likesPort,
                databases.likes(),
                likesMessaging,
                clients.verifier(),
                users.uri(),
                "likes.user-deleted" + queueSuffix);
        this.taps = List.of(
                new EventTap(likesMessaging, "demo.wire-1" + queueSuffix, "^1.0.0"),
                new EventTap(likesMessaging, "demo.wire-2" + queueSuffix, "^2.0.0"));
    }

    /** Starts everything and waits until both services listen. */
    static Stage set(Map<String, String> environment, BrokerChoice choice, int usersPort, int likesPort) {
        String run = UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
        String suffix = "-" + run;
        List<String> queues = List.of("likes.user-deleted" + suffix, "demo.wire-1" + suffix, "demo.wire-2" + suffix);
        Databases databases = Databases.open(environment, run);
        Stage stage = new Stage(databases, choice.open(environment, queues), suffix, usersPort, likesPort);
        stage.fill();
        Wait.until("both services listen to the broker", PATIENCE, stage::listening);
        stage.listeningSince = System.nanoTime();
        return stage;
    }

    private void fill() {
        likes.likes().addPage(new Page(PAGE, AUTHOR, AUTHOR, AUTHOR));
        for (long id = 1; id <= USERS; id++) {
            users.users().add(new User(id, "User " + id));
            likes.likes().add(PAGE, id);
        }
    }

    boolean listening() {
        return likes.listening() && taps.stream().allMatch(EventTap::listening);
    }

    /** Returns for how many nanoseconds both services have been ready. */
    long age() {
        return System.nanoTime() - listeningSince;
    }

    Broker broker() {
        return broker;
    }

    Databases databases() {
        return databases;
    }

    UsersApplication users() {
        return users;
    }

    LikesApplication likes() {
        return likes;
    }

    WireTap wire() {
        return wire;
    }

    Clients clients() {
        return clients;
    }

    List<EventTap> taps() {
        return taps;
    }

    @Override
    public void close() {
        taps.forEach(EventTap::close);
        likes.close();
        users.close();
        likesMessaging.close();
        usersMessaging.close();
        broker.close();
        databases.close();
    }
}
