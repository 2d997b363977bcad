package dev.dowel.example.likes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The fake behind the port. */
final class InMemoryLikes implements Likes {
    private final Map<String, Page> pages = new HashMap<>();
    private final Map<String, SortedSet<Long>> likers = new HashMap<>();
    private final List<Long> forgotten = new ArrayList<>();

    @Override
    public Optional<Page> page(String id) {
        return Optional.ofNullable(pages.get(id));
    }

    @Override
    public void addPage(Page page) {
        pages.put(page.id(), page);
    }

    @Override
    public List<Long> likersOf(String page) {
        return List.copyOf(likers.getOrDefault(page, new TreeSet<>()));
    }

    @Override
    public void add(String page, long user) {
        likers.computeIfAbsent(page, key -> new TreeSet<>()).add(user);
    }

    @Override
    public int forget(long user) {
        forgotten.add(user);
        return (int) likers.values().stream().filter(ids -> ids.remove(user)).count();
    }

    @Override
    public int timesForgotten(long user) {
        return (int) forgotten.stream().filter(id -> id == user).count();
    }
}
