package dev.dowel.messaging;

/** How many of the messages of one publication must reach at least one queue. */
public enum RouteRequirement {
    /** Every message must be routed; the default for one message. */
    ALL,
    /** At least one message of a set must be routed; the default for a {@link MessageSet}. */
    ANY,
    /** None needs to be routed: the broker may drop the message when nobody has bound to it. */
    NONE
}
