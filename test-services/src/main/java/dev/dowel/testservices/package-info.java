/** Dowel test-services. */
@NullMarked
package dev.dowel.testservices;

import org.jspecify.annotations.NullMarked;
