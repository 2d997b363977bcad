/**
 * Access tokens of an OAuth 2 server as JSON Web Tokens: {@link dev.dowel.authtoken.jwt.JwtVerifier} stands behind the same
 * filter as the static tokens do. Needs {@code com.nimbusds:nimbus-jose-jwt}, which is optional. Safe for use by several
 * threads, apart from the builder.
 */
@NullMarked
package dev.dowel.authtoken.jwt;

import org.jspecify.annotations.NullMarked;
