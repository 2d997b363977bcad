package dev.dowel.example.users;

import dev.dowel.messaging.MessageSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The fake behind the port: what was announced can be read back. */
final class InMemoryUsers implements Users {
    private final Map<Long, User> users = new TreeMap<>();
    private final List<MessageSet> announced = new ArrayList<>();

    @Override
    public Optional<User> find(long id) {
        return Optional.ofNullable(users.get(id));
    }

    @Override
    public List<User> findAll(Collection<Long> ids) {
        return users.values().stream().filter(user -> ids.contains(user.id())).toList();
    }

    @Override
    public void add(User user) {
        users.put(user.id(), user);
    }

    @Override
    public boolean delete(long id, MessageSet announcement) {
        if (users.remove(id) == null) {
            return false;
        }
        announced.add(announcement);
        return true;
    }

    List<MessageSet> announced() {
        return announced;
    }
}
