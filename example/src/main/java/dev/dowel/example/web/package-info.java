/** An embedded Tomcat and JSON servlets: what both services' entry points stand on. */
@NullMarked
package dev.dowel.example.web;

import org.jspecify.annotations.NullMarked;
