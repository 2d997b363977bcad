package dev.dowel.example.likes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.InMemoryRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LikesServiceTest {
    private final InMemoryLikes likes = new InMemoryLikes();
    private final InMemoryRepository<User, Long> users =
            InMemoryRepository.builder(User.class, IdCodec.LONG, User::id).build();
    private final LikesService service = new LikesService(likes, users);

    @BeforeEach
    void a_page_of_ann_that_ben_likes() {
        users.create(new User(1, "Ann"));
        users.create(new User(2, "Ben"));
        likes.addPage(new Page("welcome", 1, 1, 1));
        likes.add("welcome", 2);
    }

    @Test
    void the_masthead_names_author_editor_and_owner() {
        assertThat(service.masthead("welcome")).contains(new LikesService.Masthead("welcome", "Ann", "Ann", "Ann"));
    }

    @Test
    void an_unknown_page_has_no_masthead() {
        assertThat(service.masthead("nowhere")).isEmpty();
    }

    @Test
    void likers_are_named_and_who_left_is_not() {
        likes.add("welcome", 3);
        assertThat(service.likers("welcome")).containsExactly("Ben", "somebody who left");
    }

    @Test
    void a_forgotten_user_likes_nothing() {
        assertThat(service.forget(2)).isEqualTo(1);
        assertThat(service.likers("welcome")).isEmpty();
    }
}
