/**
 * Entities of the local database as a repository: {@link dev.dowel.remotemodel.jpa.EntityManagerRepository} over Jakarta
 * Persistence 3.1, which the user brings. It gives the answers of a remote model, so that code does not notice where its
 * entities live. Repositories are safe for use by several threads, builders are not.
 */
@NullMarked
package dev.dowel.remotemodel.jpa;

import org.jspecify.annotations.NullMarked;
