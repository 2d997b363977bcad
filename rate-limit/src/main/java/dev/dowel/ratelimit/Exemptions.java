package dev.dowel.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/** Which requests are not limited. */
record Exemptions(CidrSet addresses, List<Match> requests, boolean countPreflight) {
    boolean cover(HttpServletRequest request, ClientAddress client) {
        if (addresses.contains(client) || (!countPreflight && isPreflight(request))) {
            return true;
        }
        if (requests.isEmpty()) {
            return false;
        }
        RequestPath path = RequestPath.of(request);
        for (Match match : requests) {
            if (!path.doubtful() && match.fits(request, path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPreflight(HttpServletRequest request) {
        return "OPTIONS".equals(request.getMethod())
                && request.getHeader("Origin") != null
                && request.getHeader("Access-Control-Request-Method") != null;
    }
}
