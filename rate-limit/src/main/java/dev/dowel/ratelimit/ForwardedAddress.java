package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What trusted proxies say of the client. Who is not trusted says nothing. Of the header at most the last 32 elements are
 * looked at, from right to left: what is on the left a client can write, what is on the right only proxies.
 */
final class ForwardedAddress implements ClientAddressResolver {
    static final int MOST_HOPS = 32;

    private final Header header;
    private final CidrSet trusted;
    private final int hops;

    /** With 0 hops each element is asked whether it is trusted. */
    ForwardedAddress(Header header, CidrSet trusted, int hops) {
        this.header = Objects.requireNonNull(header, "header");
        this.trusted = Objects.requireNonNull(trusted, "trusted");
        this.hops = hops;
        if (trusted.isEmpty()) {
            throw new IllegalArgumentException("No proxy is trusted: name the addresses of your proxies");
        }
        if (trusted.containsEverybody()) {
            throw new IllegalArgumentException(
                    "Everybody is trusted, so each client could choose its address: name the addresses of your proxies");
        }
    }

    Header header() {
        return header;
    }

    boolean trusts(HttpServletRequest request) {
        return trusted.contains(PeerAddress.INSTANCE.resolve(request));
    }

    @Override
    public ClientAddress resolve(HttpServletRequest request) {
        ClientAddress peer = PeerAddress.INSTANCE.resolve(request);
        if (!trusted.contains(peer)) {
            return peer;
        }
        @Nullable String chain = joined(request.getHeaders(header.field()));
        if (chain == null) {
            return peer;
        }
        return header == Header.FORWARDED ? last(ForwardedElements.parse(chain), peer) : last(chain, peer);
    }

    private static @Nullable String joined(@Nullable Enumeration<String> fields) {
        if (fields == null || !fields.hasMoreElements()) {
            return null;
        }
        String first = fields.nextElement();
        if (!fields.hasMoreElements()) {
            return first;
        }
        StringBuilder all = new StringBuilder(first);
        while (fields.hasMoreElements()) {
            all.append(',').append(fields.nextElement());
        }
        return all.toString();
    }

    private ClientAddress last(String chain, ClientAddress peer) {
        ClientAddress client = peer;
        int end = chain.length();
        for (int hop = 1; hop <= MOST_HOPS && end >= 0; hop++) {
            int comma = chain.lastIndexOf(',', end - 1);
            @Nullable ClientAddress address = NodeParser.parse(chain, comma + 1, end);
            if (address == null) {
                return client;
            }
            client = address;
            if (isClient(address, hop)) {
                return client;
            }
            end = comma;
        }
        return client;
    }

    private ClientAddress last(ForwardedElements elements, ClientAddress peer) {
        ClientAddress client = peer;
        for (int hop = 1; hop <= elements.size(); hop++) {
            String node = elements.fromTheRight(hop);
            @Nullable ClientAddress address = NodeParser.parse(node, 0, node.length());
            if (address == null) {
                return client;
            }
            client = address;
            if (isClient(address, hop)) {
                return client;
            }
        }
        return client;
    }

    private boolean isClient(ClientAddress address, int hop) {
        return hops == 0 ? !trusted.contains(address) : hop == hops;
    }
}
