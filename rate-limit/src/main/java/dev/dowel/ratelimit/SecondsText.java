package dev.dowel.ratelimit;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A text with a number of seconds in it, remembered until another number needs its place. Safe for several threads. */
final class SecondsText {
    private static final int PLACES = 512;

    private final LongFunction<String> text;
    private final AtomicReferenceArray<@Nullable Made> made = new AtomicReferenceArray<>(PLACES);

    private record Made(long seconds, String text) {}

    SecondsText(LongFunction<String> text) {
        this.text = text;
    }

    String of(long seconds) {
        int place = (int) (seconds % PLACES);
        @Nullable Made found = made.get(place);
        if (found == null || found.seconds() != seconds) {
            found = new Made(seconds, text.apply(seconds));
            made.set(place, found);
        }
        return found.text();
    }
}
