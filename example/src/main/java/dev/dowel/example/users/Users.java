package dev.dowel.example.users;

import dev.dowel.messaging.MessageSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The port behind which the users are kept. */
public interface Users {
    /** Returns one user. */
    Optional<User> find(long id);

    /** Returns those of the users that exist, ordered by id. */
    List<User> findAll(Collection<Long> ids);

    /** Adds a user. */
    void add(User user);

    /** Deletes a user and stores the announcement, both or neither. Returns false if there is no such user. */
    boolean delete(long id, MessageSet announcement);
}
