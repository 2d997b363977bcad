package dev.dowel.messaging.internal;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real connection, of which one method of the channels throws what it is told to, once. */
final class ScriptedConnection {
    private final Connection real;
    private final List<Channel> channels = new CopyOnWriteArrayList<>();
    private final Connection scripted;
    private String method = "";
    private Throwable failure = new IllegalStateException();

    ScriptedConnection(Connection real) {
        this.real = real;
        this.scripted = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, called, arguments) -> called.getName().equals("openChannel")
                        ? Optional.of(scripted(opened()))
                        : call(real, called, arguments));
    }

    Connection connection() {
        return scripted;
    }

    /** The real channels that were opened. */
    List<Channel> channels() {
        return channels;
    }

    synchronized void failOnce(String of, Throwable with) {
        method = of;
        failure = with;
    }

    private synchronized Optional<Throwable> failureOf(String called) {
        if (called.equals(method)) {
            method = "";
            return Optional.of(failure);
        }
        return Optional.empty();
    }

    private Channel opened() throws Exception {
        Channel channel = real.createChannel();
        channels.add(channel);
        return channel;
    }

    private Channel scripted(Channel channel) {
        return (Channel) Proxy.newProxyInstance(
                Channel.class.getClassLoader(), new Class<?>[] {Channel.class}, (self, called, arguments) -> {
                    Optional<Throwable> fails = failureOf(called.getName());
                    if (fails.isPresent()) {
                        throw fails.get();
                    }
                    return call(channel, called, arguments);
                });
    }

    private static Object call(Object on, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
