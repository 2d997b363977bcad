/** The likes service: knows who likes which page, asks the users service for names, forgets deleted users. */
@NullMarked
package dev.dowel.example.likes;

import org.jspecify.annotations.NullMarked;
