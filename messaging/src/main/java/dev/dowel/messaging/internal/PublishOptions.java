package dev.dowel.messaging.internal;

import java.time.Duration;

/** How messages are published. */
record PublishOptions(Duration timeout, int maxBodySize, int lanes, int retryUnknown) {}
