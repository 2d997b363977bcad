/**
 * Finds or starts the services that tests need: RabbitMQ, PostgreSQL and Redis. Each comes from an environment variable,
 * else a private process of a locally installed program, else a container, else an exception that says what to install.
 */
@NullMarked
package dev.dowel.testservices;

import org.jspecify.annotations.NullMarked;
