package dev.dowel.messaging.outbox;

import dev.dowel.messaging.EncodedMessage;
import dev.dowel.messaging.Messaging;
import dev.dowel.messaging.Publisher;
import dev.dowel.messaging.Receipt;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Messaging whose messages go out, while their confirms are kept back until they are let go, or come late. */
final class HeldConfirms {
    private final Messaging real;
    private final CompletableFuture<Void> gate = new CompletableFuture<>();
    private final AtomicInteger published = new AtomicInteger();
    private final UnaryOperator<CompletableFuture<Receipt>> late;

    HeldConfirms(Messaging real) {
        this.real = real;
        this.late = outcome -> gate.thenCompose(open -> outcome);
    }

    private HeldConfirms(Messaging real, Duration delay) {
        this.real = real;
        Executor later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
        this.late = outcome -> outcome.thenApplyAsync(receipt -> receipt, later);
    }

    /** Each confirm comes so much later. */
    static Messaging by(Duration delay, Messaging real) {
        return new HeldConfirms(real, delay).messaging();
    }

    Messaging messaging() {
        return proxy(
                Messaging.class,
                (method, arguments) -> method.getName().equals("publisher")
                        ? publisher((String) arguments[0])
                        : call(real, method, arguments));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the proxy hands it to who published
    private Publisher publisher(String exchange) {
        Publisher publisher = real.publisher(exchange);
        return proxy(Publisher.class, (method, arguments) -> {
            if (!(arguments[0] instanceof EncodedMessage message)) {
                return call(publisher, method, arguments);
            }
            CompletableFuture<Receipt> outcome = publisher.publish(message).toCompletableFuture();
            published.incrementAndGet();
            return late.apply(outcome);
        });
    }

    /** Returns how many messages went out. */
    int published() {
        return published.get();
    }

    void letGo() {
        gate.complete(null);
    }

    interface Call {
        Object run(Method method, Object[] arguments) throws Throwable;
    }

    static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call.run(method, arguments)));
    }

    static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
