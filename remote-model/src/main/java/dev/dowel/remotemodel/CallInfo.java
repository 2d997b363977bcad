package dev.dowel.remotemodel;

/** One attempt at a call to another service, without its content. Instances are made by the library. */
public interface CallInfo {

    /**
     * Returns which service is called.
     *
     * @return the name of the {@link RemoteService}
     */
    String service();

    /**
     * Returns which kind of entity is asked for.
     *
     * @return the name in the URL
     */
    String entity();

    /**
     * Returns what the caller wants.
     *
     * @return the operation
     */
    Operation operation();

    /**
     * Returns which attempt this is.
     *
     * @return 1 for the first
     */
    int attempt();
}
