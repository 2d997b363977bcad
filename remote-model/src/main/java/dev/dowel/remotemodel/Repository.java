package dev.dowel.remotemodel;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * The entities of one kind, wherever they live: {@link RemoteModel} reaches them over HTTP, {@link InMemoryRepository}
 * holds them in memory, and both give the same answers.
 *
 * <p>Ids are checked before anything is sent: an id that is empty, {@code .} or {@code ..}, that holds {@code /}, {@code
 * \}, {@code %}, {@code ;}, a control character or half of a surrogate pair, or that is longer than 512 bytes in UTF-8, is
 * an {@link IllegalArgumentException} in every method; {@link IdPolicy#ENCODED} admits more. A null argument is a {@link
 * NullPointerException}.
 *
 * @param <T> the entity
 * @param <ID> its identifier
 */
public interface Repository<T, ID> {

    /**
     * Returns the entity, or empty when there is none with this id.
     *
     * @param id the identifier
     * @return the entity, or empty
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    Optional<T> find(ID id);

    /**
     * Returns the entity that must exist.
     *
     * @param id the identifier
     * @return the entity
     * @throws EntityNotFoundException when there is none with this id
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    T get(ID id);

    /**
     * Returns the entities that exist among the ids, in the order of asking. Prefer this to a loop over {@link #get}.
     *
     * @param ids the identifiers; duplicates count once
     * @return the found ones, unmodifiable
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    Map<ID, T> getAll(Collection<ID> ids);

    /**
     * Returns the first page of the entities that match.
     *
     * @param query what to look for
     * @return the first page; {@link Page#stream()} reads on
     * @throws RemoteModelException when the other service could not be asked or did not answer properly
     */
    Page<T> filter(Query query);

    /**
     * Creates the entity.
     *
     * @param entity what to create
     * @return the created entity as the owner holds it, usually with its id
     * @throws RemoteModelException when the creation failed; {@link RemoteCallException#outcome()} says whether it may be
     *     repeated safely
     */
    T create(T entity);

    /**
     * Replaces the entity.
     *
     * @param id the identifier
     * @param entity the new content
     * @return the entity as the owner now holds it
     * @throws EntityNotFoundException when there is none with this id
     * @throws RemoteModelException when the update failed
     */
    T update(ID id, T entity);

    /**
     * Changes some fields of the entity.
     *
     * @param id the identifier
     * @param patch the fields to set, null to clear one
     * @return the entity as the owner now holds it
     * @throws EntityNotFoundException when there is none with this id
     * @throws RemoteModelException when the change failed
     */
    T patch(ID id, Patch patch);

    /**
     * Deletes the entity.
     *
     * @param id the identifier
     * @return false when there was none with this id
     * @throws RemoteModelException when the deletion failed
     */
    boolean delete(ID id);
}
