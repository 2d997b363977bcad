/** Dowel auth-token. */
@NullMarked
package dev.dowel.authtoken;

import org.jspecify.annotations.NullMarked;
