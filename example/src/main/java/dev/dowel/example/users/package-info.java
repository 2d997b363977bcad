/** The users service: owns users, and announces in two versions of one event when one is deleted. */
@NullMarked
package dev.dowel.example.users;

import org.jspecify.annotations.NullMarked;
