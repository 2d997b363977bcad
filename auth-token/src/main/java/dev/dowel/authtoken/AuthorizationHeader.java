package dev.dowel.authtoken;

import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/** What the {@code Authorization} fields of one request hold, by the grammars of RFC 9110 and RFC 6750; never throws. */
sealed interface AuthorizationHeader {

    /** A bearer token of the right grammar and length. */
    record Token(BearerToken token) implements AuthorizationHeader {}

    /** Anything else. */
    record Unusable(RefusalReason reason) implements AuthorizationHeader {}

    /** Takes all fields, because a request with two may be read differently by whoever stands in front of us. */
    static AuthorizationHeader parse(@Nullable Enumeration<String> fields, int limit) {
        if (fields == null || !fields.hasMoreElements()) {
            return new Unusable(RefusalReason.MISSING);
        }
        String field = fields.nextElement();
        return fields.hasMoreElements() ? new Unusable(RefusalReason.SEVERAL_CREDENTIALS) : parse(field, limit);
    }

    private static AuthorizationHeader parse(String field, int limit) {
        boolean bearer = isBearer(field, 0);
        if (field.length() > limit) {
            return new Unusable(bearer ? RefusalReason.MALFORMED : RefusalReason.OTHER_SCHEME);
        }
        if (isList(field, bearer)) {
            return new Unusable(RefusalReason.SEVERAL_CREDENTIALS);
        }
        if (!bearer) {
            return new Unusable(RefusalReason.OTHER_SCHEME);
        }
        int start = "bearer".length();
        while (start < field.length() && field.charAt(start) == ' ') {
            start++;
        }
        BearerToken token = start == "bearer".length() ? null : BearerToken.parse(field, start);
        return token == null ? new Unusable(RefusalReason.MALFORMED) : new Token(token);
    }

    /** Commas are legal within the parameters of one Digest credential, so only those around a Bearer make a list. */
    private static boolean isList(String field, boolean bearer) {
        int comma = field.indexOf(',');
        if (comma >= 0 && (bearer || comma == 0)) {
            return true;
        }
        for (; comma >= 0; comma = field.indexOf(',', comma + 1)) {
            int next = comma + 1;
            while (next < field.length() && (field.charAt(next) == ' ' || field.charAt(next) == '\t')) {
                next++;
            }
            if (isBearer(field, next)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the scheme at the offset, up to the first character no scheme can have, is Bearer. */
    private static boolean isBearer(String field, int from) {
        int end = from + "bearer".length();
        return field.regionMatches(true, from, "bearer", 0, "bearer".length())
                && (field.length() == end || !isSchemeCharacter(field.charAt(end)));
    }

    private static boolean isSchemeCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
