package dev.dowel.authtoken;

import jakarta.servlet.http.HttpServletRequest;

/** The address of the connection's other end. */
final class RemoteAddress {

    private static final String UNKNOWN = "unknown";

    private RemoteAddress() {}

    /** Returns what the container says, or {@code unknown} for a connection that is gone or has no address. */
    static String of(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        return address == null ? UNKNOWN : address;
    }
}
