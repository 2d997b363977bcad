/**
 * Another service's entities as a repository: {@link dev.dowel.remotemodel.RemoteModel} reads and writes them over HTTP,
 * caches what one inbound request reads and passes the caller's allowed headers on. Start with
 * {@link dev.dowel.remotemodel.RemoteService#builder}; put {@link dev.dowel.remotemodel.RequestContextFilter} in front of
 * the handlers. Every public type is safe for use by several threads, except builders.
 */
@NullMarked
package dev.dowel.remotemodel;

import org.jspecify.annotations.NullMarked;
