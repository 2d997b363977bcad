package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;

/** One stored message; {@code attempts} counts those before. */
record OutboxRow(long id, String exchange, EncodedMessage message, int attempts) {}
