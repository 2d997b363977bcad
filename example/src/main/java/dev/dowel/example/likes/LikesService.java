package dev.dowel.example.likes;

import dev.dowel.remotemodel.Repository;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the likes service does; knows only its ports. */
public final class LikesService {
    private static final String GONE = "somebody who left";

    private final Likes likes;
    private final Repository<User, Long> users;

    /** Works on the likes and the users behind the ports. */
    public LikesService(Likes likes, Repository<User, Long> users) {
        this.likes = likes;
        this.users = users;
    }

    /** The names on top of a page. */
    public record Masthead(String page, String author, String editor, String owner) {}

    /** Returns the names on top of a page. Three look-ups, written without a thought of the network. */
    public Optional<Masthead> masthead(String id) {
        return likes.page(id)
                .map(page -> new Masthead(id, name(page.author()), name(page.editor()), name(page.owner())));
    }

    /** Returns the names of the users who like a page, in one look-up. */
    public List<String> likers(String page) {
        List<Long> ids = likes.likersOf(page);
        Map<Long, User> found = users.getAll(ids);
        return ids.stream()
                .map(id -> Optional.ofNullable(found.get(id)).map(User::name).orElse(GONE))
                .toList();
    }

    /** Forgets all likes of a user. Returns how many there were. */
    public int forget(long user) {
        return likes.forget(user);
    }

    private String name(long user) {
        return users.find(user).map(User::name).orElse(GONE);
    }
}
