package dev.dowel.remotemodel;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Binds a context around every task of an executor service. */
final class ContextExecutorService extends AbstractExecutorService {

    private final RequestContext context;
    private final ExecutorService executor;

    ContextExecutorService(RequestContext context, ExecutorService executor) {
        this.context = context;
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(context.wrap(task));
    }

    @Override
    public void shutdown() {
        executor.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return executor.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return executor.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return executor.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return executor.awaitTermination(timeout, unit);
    }
}
