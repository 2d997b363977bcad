package dev.dowel.messaging;

import dev.dowel.testservices.RabbitMq;
import java.net.URI;

/** A classic queue whose process can be made to stand still: what it is sent is neither confirmed nor lost. */
public final class StalledQueue implements AutoCloseable {
    private final RabbitMq broker;
    private final String process;
    private boolean still;

    public StalledQueue(RabbitMq broker, URI vhost, String queue) {
        this.broker = broker;
        this.process = "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\""
                + vhost.getPath().substring(1) + "\">>, queue, <<\"" + queue + "\">>)), sys:%s(amqqueue:get_pid(Q)).";
        broker.ctl("eval", String.format(process, "suspend"));
        still = true;
    }

    public void resume() {
        if (still) {
            still = false;
            broker.ctl("eval", String.format(process, "resume"));
        }
    }

    @Override
    public void close() {
        resume();
    }
}
