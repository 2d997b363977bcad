/** The benchmarks that need a broker: messaging beside the bare client, Spring AMQP and RabbitMQ's own PerfTest. */
@NullMarked
package dev.dowel.benchmarks.messaging;

import org.jspecify.annotations.NullMarked;
