package dev.dowel.example.likes;

import java.util.List;
import java.util.Optional;

/** The port behind which pages and their likes are kept. */
public interface Likes {
    /** Returns one page. */
    Optional<Page> page(String id);

    /** Adds a page. */
    void addPage(Page page);

    /** Returns the ids of the users who like a page, ordered. */
    List<Long> likersOf(String page);

    /** Adds a like. */
    void add(String page, long user);

    /** Forgets all likes of a user and notes that it was done. Returns how many there were. */
    int forget(long user);

    /** Returns how often a user was forgotten. */
    int timesForgotten(long user);
}
