package dev.dowel.messaging.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dowel.messaging.PublishException;
import dev.dowel.messaging.PublishException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetFailureTest {
    private final PublishException unroutable = new PublishException(Kind.UNROUTABLE, "nobody is bound", null);
    private final PublishException timeout = new PublishException(Kind.TIMEOUT, "no confirm", null);

    @Test
    void an_unknown_outcome_comes_before_what_the_broker_refused() {
        PublishException all = SetFailure.of(List.of(unroutable, timeout), 3);

        assertThat(all.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(all)
                .hasMessage("no confirm; of the 3 messages of its set 1 were confirmed, 1 have an unknown outcome")
                .hasCause(timeout)
                .hasSuppressedException(unroutable);
    }

    @Test
    void without_an_unknown_outcome_the_first_failure_is_told() {
        PublishException nacked = new PublishException(Kind.NACKED, "full", null);

        PublishException all = SetFailure.of(List.of(nacked, unroutable), 2);

        assertThat(all.kind()).isEqualTo(Kind.NACKED);
        assertThat(all).hasMessageContaining("0 were confirmed, 0 have").hasSuppressedException(unroutable);
    }

    @Test
    void a_set_of_one_fails_as_its_message_does() {
        assertThat(SetFailure.of(List.of(timeout), 1)).isSameAs(timeout);
    }
}
