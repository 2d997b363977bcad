package dev.dowel.messaging.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Admits so many names, those that come first; a program that makes names up must not fill the registry. */
final class FirstOnes {
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicInteger room;

    FirstOnes(int most) {
        this.room = new AtomicInteger(most);
    }

    boolean admits(String name) {
        return names.contains(name) || (take() && (names.add(name) || giveBack()));
    }

    private boolean take() {
        return room.get() > 0 && room.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** Another thread has added the same name meanwhile. */
    private boolean giveBack() {
        room.incrementAndGet();
        return true;
    }
}
