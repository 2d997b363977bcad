package dev.dowel.example.users;

import dev.dowel.messaging.EventType;
import dev.dowel.messaging.MessageSet;

/** What the users service announces. */
public final class UserEvents {
    /** The exchange the events go to. */
    public static final String EXCHANGE = "events";

    /** The event's name, without a version. */
    public static final String USER_DELETED = "user.deleted";

    static final EventType<UserDeletedV1> USER_DELETED_V1 = EventType.of(USER_DELETED, "1.0.0", UserDeletedV1.class);
    static final EventType<UserDeletedV2> USER_DELETED_V2 = EventType.of(USER_DELETED, "2.0.0", UserDeletedV2.class);

    private UserEvents() {}

    /** The first form: a bare number. */
    record UserDeletedV1(long id) {}

    /** The second form: ids became text, and the name came along. */
    record UserDeletedV2(String userId, String name) {}

    /** Says in both versions, as one event, that a user is gone. */
    static MessageSet userDeleted(User user) {
        return MessageSet.create()
                .add(USER_DELETED_V1, new UserDeletedV1(user.id()))
                .add(USER_DELETED_V2, new UserDeletedV2(Long.toString(user.id()), user.name()))
                .key(Long.toString(user.id()));
    }
}
