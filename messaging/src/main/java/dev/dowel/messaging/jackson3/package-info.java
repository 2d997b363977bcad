/**
 * Jackson 3 in the place of Jackson 2: {@link dev.dowel.messaging.jackson3.Jackson3Codec}. It needs {@code
 * tools.jackson.core:jackson-databind}, which the module does not bring; the codec is safe for use by several threads.
 */
@NullMarked
package dev.dowel.messaging.jackson3;

import org.jspecify.annotations.NullMarked;
