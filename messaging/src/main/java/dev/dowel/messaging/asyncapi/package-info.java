/**
 * Writes down what a service publishes and consumes: {@link dev.dowel.messaging.asyncapi.AsyncApi}. It needs {@code
 * com.github.victools:jsonschema-generator} and {@code jsonschema-module-jackson}, which the module does not bring;
 * documents are immutable.
 */
@NullMarked
package dev.dowel.messaging.asyncapi;

import org.jspecify.annotations.NullMarked;
