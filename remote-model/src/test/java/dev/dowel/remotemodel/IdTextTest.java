package dev.dowel.remotemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of what an id may be, without a server. */
class IdTextTest {

    @ParameterizedTest
    @EnumSource(IdPolicy.class)
    void an_id_has_at_most_512_bytes(IdPolicy policy) {
        for (String fits : new String[] {"a".repeat(511), "a".repeat(512), "_".repeat(512), "\u00e9".repeat(256)}) {
            assertThat(IdText.check(fits, policy)).isSameAs(fits);
        }
        for (String tooLong : new String[] {"a".repeat(513), "_".repeat(513), "\u00e9".repeat(256) + "a"}) {
            assertThatThrownBy(() -> IdText.check(tooLong, policy))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("longer than 512 bytes");
        }
    }

    /** The ends of what needs no closer look, and what stands beside them. */
    @ParameterizedTest
    @ValueSource(
            strings = {"0", "9", "a", "z", "A", "Z", "-", "09azAZ-", ":", "@", "[", "`", "{", ",", "...", ".a", "a."})
    void an_id_of_harmless_characters_is_taken_as_it_is(String id) {
        for (IdPolicy policy : IdPolicy.values()) {
            assertThat(IdText.check(id, policy)).isSameAs(id);
        }
    }

    @ParameterizedTest
    @CsvSource({"/,1", "'a/b',0", "'a;b',0", "'a%b',0", "\\,1", "'a\b',1"})
    void what_separates_is_refused_by_the_strict_policy_anywhere(String id, int byBoth) {
        for (String each : new String[] {id, id + "0", "0" + id}) {
            assertThatThrownBy(() -> IdText.check(each, IdPolicy.STRICT)).isInstanceOf(IllegalArgumentException.class);
        }
        if (byBoth == 1) {
            assertThatThrownBy(() -> IdText.check(id, IdPolicy.ENCODED)).isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(IdText.check(id, IdPolicy.ENCODED)).isSameAs(id);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "\ud800", "a\udc00"})
    void no_policy_takes_what_is_no_segment_or_no_text(String id) {
        for (IdPolicy policy : IdPolicy.values()) {
            assertThatThrownBy(() -> IdText.check(id, policy)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',true",
        "/,true",
        "//,true",
        ";,true",
        ";a,true",
        "/;a/,true",
        ".;a,true",
        "..;a,true",
        "a;..,false",
        "a;/b,false",
        "/a,false",
        "a/,false",
        ";a/b,false",
        "a/;b,false",
        "a/.,true",
        "./a,true",
        "a/..,true",
        "a/..b,false",
        "%2e,true",
        "%252E%2e,true",
        "%2f,true",
        "%5c,true",
        "%24,false",
        "%00,true",
        "%7f,true",
        "%80,false",
        "%,false",
        "%2,false"
    })
    void a_path_climbs_when_a_server_could_see_another_one_in_it(String id, boolean climbs) {
        assertThat(IdText.climbs(id)).isEqualTo(climbs);
    }
}
