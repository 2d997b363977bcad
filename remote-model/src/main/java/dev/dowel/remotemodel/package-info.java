/** Dowel remote-model. */
@NullMarked
package dev.dowel.remotemodel;

import org.jspecify.annotations.NullMarked;
