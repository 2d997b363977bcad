/** The demo: starts both services, walks through a story and prints what was seen on the wire. */
@NullMarked
package dev.dowel.example.demo;

import org.jspecify.annotations.NullMarked;
