/** Dowel messaging. */
@NullMarked
package dev.dowel.messaging;

import org.jspecify.annotations.NullMarked;
