/**
 * Lets only known services call a servlet application, by bearer token, with rotation and without a password store.
 * Start at {@link dev.dowel.authtoken.BearerTokenFilter}, with a {@link dev.dowel.authtoken.ClientTokenVerifier} behind
 * it and secrets from {@link dev.dowel.authtoken.TokenGenerator}. Everything here is safe for use by several threads,
 * apart from {@link dev.dowel.authtoken.BearerTokenFilter.Builder}.
 */
@NullMarked
package dev.dowel.authtoken;

import org.jspecify.annotations.NullMarked;
