package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The other end of the connection. */
enum PeerAddress implements ClientAddressResolver {
    INSTANCE;

    @Override
    public ClientAddress resolve(HttpServletRequest request) {
        @Nullable String text = request.getRemoteAddr();
        @Nullable ClientAddress address = text == null ? null : ClientAddress.parse(text, 0, text.length());
        return address == null ? ClientAddress.UNKNOWN : address;
    }
}
