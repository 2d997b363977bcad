package dev.dowel.messaging;

/**
 * What is done about exchanges, queues and bindings, each time a connection is there (again).
 *
 * <p>A subscription of the queue {@code q} has three kinds of queue, all durable. Whoever makes them in the place of
 * {@link #DECLARE} gives them the same arguments:
 *
 * <table>
 * <caption>Arguments</caption>
 * <tr><th>argument</th><th>{@code q}</th><th>{@code q.retry.10s}</th><th>{@code q.parking}</th></tr>
 * <tr><td>{@code x-queue-type}</td><td>quorum</td><td>quorum</td><td>quorum</td></tr>
 * <tr><td>{@code x-delivery-limit}</td><td>20</td><td>none</td><td>1000000000</td></tr>
 * <tr><td>{@code x-dead-letter-exchange}</td><td>empty</td><td>empty</td><td>none</td></tr>
 * <tr><td>{@code x-dead-letter-routing-key}</td><td>{@code q.parking}</td><td>{@code q}</td><td>none</td></tr>
 * <tr><td>{@code x-dead-letter-strategy}</td><td>at-least-once</td><td>at-least-once</td><td>none</td></tr>
 * <tr><td>{@code x-overflow}</td><td>reject-publish</td><td>reject-publish</td><td>none</td></tr>
 * <tr><td>{@code x-message-ttl}</td><td>none</td><td>the delay in milliseconds</td><td>none</td></tr>
 * <tr><td>{@code x-single-active-consumer}</td><td>true in order, else none</td><td>no such queue in order</td>
 * <td>none</td></tr>
 * </table>
 *
 * <p>From RabbitMQ 4.0 on a queue without a delivery limit has one of 20, and a look at a parked message is a delivery:
 * a parking queue without {@code x-delivery-limit} then drops its messages. On 4.x also -1 will do, which is no limit.
 */
public enum TopologyMode {
    /**
     * Declares what is missing. What exists with other arguments is left as it is and reported in
     * {@link MessagingHealth#topologyProblems()}.
     */
    DECLARE,
    /**
     * Declares nothing and reports every exchange and queue that is missing. Needs no permission to configure. The protocol
     * offers no way to look at the arguments of a queue or at bindings, so neither is checked.
     */
    VERIFY,
    /** Declares nothing and checks nothing. */
    NONE
}
