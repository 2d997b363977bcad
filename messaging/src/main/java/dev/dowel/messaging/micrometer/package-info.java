/**
 * Micrometer, in two parts that do not need each other: {@link dev.dowel.messaging.micrometer.MicrometerMessagingListener}
 * and {@link dev.dowel.messaging.micrometer.MicrometerOutboxListener} make meters and need {@code
 * io.micrometer:micrometer-core}; {@link dev.dowel.messaging.micrometer.ObservationTraceContext} carries traces over
 * messages and needs {@code io.micrometer:micrometer-observation}. Safe for use by several threads.
 */
@NullMarked
package dev.dowel.messaging.micrometer;

import org.jspecify.annotations.NullMarked;
