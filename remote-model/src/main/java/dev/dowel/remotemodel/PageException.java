package dev.dowel.remotemodel;

/**
 * A later page of a list could not be read while a stream went through it; the cause says why. All entities of the pages
 * before it have been handed out.
 */
public final class PageException extends RemoteModelException {

    private static final long serialVersionUID = 1L;

    /** Which page failed. */
    private final int pageIndex;

    /**
     * Makes the exception.
     *
     * @param pageIndex which page failed, 0 for the one the stream began with
     * @param cause why it could not be read
     */
    public PageException(int pageIndex, RemoteModelException cause) {
        super("page " + pageIndex + " (the first is 0) could not be read: " + cause.text(), cause);
        this.pageIndex = pageIndex;
    }

    /**
     * Returns which page failed.
     *
     * @return its index, 0 for the page the stream began with, so as many pages have been handed out
     */
    public int pageIndex() {
        return pageIndex;
    }

    @Override
    RemoteModelException copy() {
        return new PageException(pageIndex, this);
    }
}
