package dev.dowel.remotemodel;

/** A {@link RequestContext} bound to a thread until closed; close it on the thread that opened it. */
@FunctionalInterface
public interface Scope extends AutoCloseable {

    /** Restores what was bound before. Closing twice does nothing. */
    @Override
    void close();
}
