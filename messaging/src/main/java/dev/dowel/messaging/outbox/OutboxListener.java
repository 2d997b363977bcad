package dev.dowel.messaging.outbox;

import dev.dowel.messaging.PublishException;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Hears what the relay of an outbox does, without ids, keys or bodies. Must be safe for use by several threads and return
 * quickly. What it throws is logged and changes nothing. The one of the package {@code dev.dowel.messaging.micrometer}
 * makes meters.
 */
public interface OutboxListener {
    /**
     * Hears once, while the outbox is built, how to ask for its state.
     *
     * @param health asks the database each time, as {@link Outbox#health()} does
     */
    default void attached(Supplier<OutboxHealth> health) {}

    /**
     * Hears of a batch that was published and settled, on the relay's thread, after its commit.
     *
     * @param batch what became of its rows
     */
    default void relayed(Batch batch) {}

    /**
     * Rows, of eight of the sixteen shards at most, that were looked at together. Some may have been left to the next batch.
     *
     * @param rows how many rows it had
     * @param published how many of them are done
     * @param failed how many of them the broker refused, or did not confirm, by the reason; those that the relay did not
     *     come to count nowhere
     * @param parked how many of them are parked now, those that cannot be read included
     */
    record Batch(int rows, int published, Map<PublishException.Kind, Integer> failed, int parked) {
        /**
         * Copies the map.
         *
         * @param rows how many rows it had
         * @param published how many of them are done
         * @param failed how many of them failed
         * @param parked how many of them are parked now
         */
        public Batch {
            failed = Map.copyOf(failed);
        }
    }
}
