package dev.dowel.messaging;

import java.util.List;

/**
 * The messages of one subscription that could not be handled. Works whether or not the subscription runs, in this
 * process or another. All methods wait for the broker, at most for about the publish timeout (for each message where
 * several are moved), and throw {@link MessagingException} when it is away, refuses or has no such parking queue. Safe for
 * use by several threads, which then wait for each other; while another process looks into the same parking lot, what it
 * holds is not seen here.
 *
 * <p>A message is addressed by {@link ParkedMessage#id()}. Of several with one id the oldest is meant. At most the 1,000
 * oldest messages, and of those not more than 16 MiB of bodies, are looked at; they are held only while a method runs, and
 * what stays parked keeps its place.
 */
public interface ParkingLot {
    /**
     * Counts the parked messages.
     *
     * @return how many there are
     */
    long count();

    /**
     * Returns the oldest messages and leaves them where they are.
     *
     * @param max 1 to 1,000
     * @return at most so many, oldest first; fewer if their bodies exceed 16 MiB
     * @throws IllegalArgumentException if {@code max} is out of range
     */
    List<ParkedMessage> peek(int max);

    /**
     * Sends a message back to its subscription's queue, as its first attempt: what was noted about its failures is gone, and
     * its handler sees the routing key it was published with. It leaves the parking lot only when the broker has confirmed
     * it in the queue; a crash in between leaves it in both.
     *
     * @param id the message's {@link ParkedMessage#id()}
     * @return false if there is none with this id among the oldest
     * @throws MessagingException also if the queue does not take it; it stays parked
     */
    boolean replay(String id);

    /**
     * Sends back, in order, as many messages as are parked when it begins; what is parked meanwhile is left to the next
     * call.
     *
     * @return how many were sent back
     * @throws MessagingException also if the queue does not take one; says how many were sent back before, the others stay
     *     parked
     */
    int replayAll();

    /**
     * Removes a message for good.
     *
     * @param id the message's {@link ParkedMessage#id()}
     * @return false if there is none with this id among the oldest
     */
    boolean discard(String id);

    /**
     * Removes everything that is parked, for good.
     *
     * @return how many messages were removed
     */
    int discardAll();
}
