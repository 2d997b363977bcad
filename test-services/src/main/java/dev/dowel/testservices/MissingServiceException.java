package dev.dowel.testservices;

/** A service is needed and cannot be had; the message is one line that says what to install. */
public final class MissingServiceException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    MissingServiceException(String service, String packageName, String variable) {
        super(service + " is needed and was not found: install it (Debian: apt-get install " + packageName
                + "), or set " + variable + ", or start a Docker engine.");
    }
}
