package dev.dowel.example.users;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What the users service does; knows only its port. */
public final class UserService {
    private final Users users;

    /** Works on the users behind the port. */
    public UserService(Users users) {
        this.users = users;
    }

    /** Returns one user. */
    public Optional<User> find(long id) {
        return users.find(id);
    }

    /** Returns those of the users that exist. */
    public List<User> findAll(Collection<Long> ids) {
        return users.findAll(ids);
    }

    /** Deletes a user and announces it. Returns false if there is no such user. */
    public boolean delete(long id) {
        return users.find(id)
                .map(user -> users.delete(id, UserEvents.userDeleted(user)))
                .orElse(false);
    }
}
