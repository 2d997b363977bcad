package dev.dowel.benchmarks.messaging.contenders;

import java.io.IOException;
import java.util.ConcurrentModificationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/** Spring AMQP. */
final class Spring {

    /** What a factory keeps unless told otherwise. */
    private static final int DEFAULT_CACHE = 25;

    private static final long PATIENCE_SECONDS = 30;

    private Spring() {}

    /** Each thread waits for the future of each message. */
    static Outlet waiting(Job job) {
        AtomicLong ids = new AtomicLong();
        return outlet(job, ConfirmType.CORRELATED, DEFAULT_CACHE, () -> {}, template -> due -> {
            CorrelationData correlation = new CorrelationData(Long.toString(ids.incrementAndGet()));
            template.send(job.exchange(), Job.ROUTING_KEY, message(job.body()), correlation);
            check(correlation.getFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            job.tally().done(due);
        });
    }

    /** Futures in a window, with the default number of channels kept or with as many as the window is wide. */
    static Outlet windowed(Job job, boolean wideCache) {
        return futures(
                job,
                wideCache ? job.window() : DEFAULT_CACHE,
                (template, correlation) ->
                        template.send(job.exchange(), Job.ROUTING_KEY, message(job.body()), correlation));
    }

    /** The same, encoding each; with Jackson 2, as all others use that. */
    @SuppressWarnings("removal")
    static Outlet encoding(Job job) {
        var converter = new org.springframework.amqp.support.converter.Jackson2JsonMessageConverter(Event.MAPPER);
        return futures(job, job.window(), (template, correlation) -> {
            template.setMessageConverter(converter);
            template.convertAndSend(job.exchange(), Job.ROUTING_KEY, job.event(), correlation);
        });
    }

    private interface Step {
        void publish(RabbitTemplate template, CorrelationData correlation);
    }

    private static Outlet futures(Job job, int cache, Step step) {
        AtomicLong ids = new AtomicLong();
        Semaphore window = new Semaphore(job.window());
        return outlet(job, ConfirmType.CORRELATED, cache, () -> awaitAll(window, job), template -> due -> {
            window.acquire();
            CorrelationData correlation = new CorrelationData(Long.toString(ids.incrementAndGet()));
            var unused = correlation.getFuture().whenComplete((confirm, failure) -> {
                window.release();
                if (failure == null && confirm.ack()) {
                    job.tally().done(due);
                } else {
                    job.tally().failed(new IOException("the broker nacked", failure));
                }
            });
            step.publish(template, correlation);
        });
    }

    /** Batches of the window's size on one channel, waiting at the end of each. */
    static Outlet invoking(Job job) {
        return outlet(job, ConfirmType.SIMPLE, DEFAULT_CACHE, () -> {}, template -> due -> {
            Boolean confirmed = template.invoke(operations -> {
                for (int i = 0; i < job.window(); i++) {
                    operations.send(job.exchange(), Job.ROUTING_KEY, message(job.body()));
                }
                return operations.waitForConfirms(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            });
            if (!Boolean.TRUE.equals(confirmed)) {
                throw new IOException("the broker nacked");
            }
            for (int i = 0; i < job.window(); i++) {
                job.tally().done(due);
            }
        });
    }

    private static void check(CorrelationData.Confirm confirm) throws IOException {
        if (!confirm.ack()) {
            throw new IOException("the broker nacked: " + confirm.reason());
        }
    }

    private static Message message(byte[] body) {
        return MessageBuilder.withBody(body).setContentType("application/json").build();
    }

    private interface Callers {
        Outlet.Caller of(RabbitTemplate template);
    }

    private static Outlet outlet(Job job, ConfirmType confirms, int cache, Runnable beforeClose, Callers callers) {
        CachingConnectionFactory factory = new CachingConnectionFactory(job.uri());
        factory.setPublisherConfirmType(confirms);
        factory.setPublisherReturns(true);
        factory.setChannelCacheSize(cache);
        RabbitTemplate template = new RabbitTemplate(factory);
        template.setMandatory(true);
        template.setReturnsCallback(returned -> job.tally().failed(new IOException("the broker returned a message")));
        return new Outlet() {
            @Override
            public Caller caller() {
                return callers.of(template);
            }

            @Override
            public void close() {
                beforeClose.run();
                try {
                    factory.destroy();
                } catch (ConcurrentModificationException e) {
                    // The last channel came back to the cache in between.
                    factory.destroy();
                }
            }
        };
    }

    /** What is still unconfirmed when the factory is destroyed makes it fail. */
    private static void awaitAll(Semaphore window, Job job) {
        try {
            boolean unused = window.tryAcquire(job.window(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The container that hands messages from the client's threads to its own. */
    static AutoCloseable simple(Job job) {
        CachingConnectionFactory factory = new CachingConnectionFactory(job.uri());
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(factory);
        container.setConcurrentConsumers(job.threads());
        return consuming(job, factory, container);
    }

    /** The container that handles messages on the client's threads. */
    static AutoCloseable direct(Job job) {
        CachingConnectionFactory factory = new CachingConnectionFactory(job.uri());
        DirectMessageListenerContainer container = new DirectMessageListenerContainer(factory);
        container.setConsumersPerQueue(job.threads());
        return consuming(job, factory, container);
    }

    private static AutoCloseable consuming(
            Job job, CachingConnectionFactory factory, AbstractMessageListenerContainer container) {
        container.setQueueNames(job.queue());
        container.setPrefetchCount(job.window());
        container.setMessageListener((MessageListener) message -> job.tally().done(0));
        container.afterPropertiesSet();
        container.start();
        return () -> {
            container.stop();
            factory.destroy();
        };
    }
}
