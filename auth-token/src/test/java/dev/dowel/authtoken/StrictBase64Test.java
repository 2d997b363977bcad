package dev.dowel.authtoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictBase64Test {

    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=";

    @Test
    void decodes_all_four_spellings_of_any_bytes() {
        Random random = new Random(17);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            for (String spelling : spellings(bytes)) {
                assertThat(StrictBase64.decode(spelling)).as(spelling).isEqualTo(bytes);
            }
        }
    }

    @Test
    void gives_any_one_byte_without_the_others() {
        Random random = new Random(19);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            for (String spelling : spellings(bytes)) {
                for (int at = 0; at < bytes.length; at++) {
                    assertThat(StrictBase64.byteAt("=" + spelling, 1, at)).isEqualTo(bytes[at] & 0xff);
                }
                assertThat(StrictBase64.byteAt(spelling, 0, bytes.length + 2)).isNegative();
            }
        }
    }

    @Test
    void refuses_every_other_text_that_is_one_change_away() {
        Random random = new Random(23);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            random.nextBytes(bytes);
            List<String> spellings = spellings(bytes);
            for (String spelling : spellings) {
                for (String changed : changes(spelling, random)) {
                    byte[] decoded = StrictBase64.decode(changed);
                    // Another text may stand for other bytes; for the same bytes only the four spellings may.
                    if (decoded != null && !spellings.contains(changed)) {
                        assertThat(decoded)
                                .as("%s beside %s", changed, spelling)
                                .isNotEqualTo(bytes);
                        assertThat(spellings(decoded)).contains(changed);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "YTpiYx==", // trailing bits: the JDK reads a:bc
                "YTpiYw=", // half of the padding
                "YTpiYw===",
                "YTpi=",
                "YTpi====",
                "Y",
                "YTpiY",
                "=",
                "====",
                "YT=piYw",
                "YTpi\r\nYw==",
                "YTpi Yw==",
                "ab+_",
                "ab-/",
                "YTpiYw\u00e9=",
                "\uff21TpiYw=="
            })
    void refuses(String text) {
        assertThat(StrictBase64.decode(text)).isNull();
    }

    private static List<String> spellings(byte[] bytes) {
        return List.of(
                Base64.getEncoder().encodeToString(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes),
                Base64.getUrlEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private static List<String> changes(String text, Random random) {
        List<String> changes = new ArrayList<>(List.of(text + "=", text + "==", text + "\n", " " + text));
        for (int i = 0; i < text.length(); i++) {
            changes.add(text.substring(0, i) + text.substring(i + 1));
            char other = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
            changes.add(text.substring(0, i) + other + text.substring(i + 1));
            changes.add(text.substring(0, i) + other + text.substring(i));
        }
        // All 64 last digits: only one of those that differ in the trailing bits is right.
        String digits = text.replace("=", "");
        for (int i = 0; i < CHARACTERS.length(); i++) {
            char last = CHARACTERS.charAt(i);
            changes.add(digits.substring(0, digits.length() - 1) + last + text.substring(digits.length()));
        }
        return changes;
    }
}
