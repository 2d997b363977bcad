package dev.dowel.remotemodel;

import java.util.List;
import java.util.Set;

/**
 * What the headers of a list say about the pages around it.
 *
 * @param next the link to the next page as it stands there, empty when there is none
 * @param isPart whether the list is one page of several, so that its size says nothing about the whole
 */
record PageLinks(String next, boolean isPart) {

    static final PageLinks NONE = new PageLinks("", false);

    private static final Set<String> PAGES = Set.of("next", "prev", "previous", "first", "last");

    static PageLinks of(List<String> headers) {
        if (headers.isEmpty()) {
            return NONE;
        }
        List<LinkHeader.Link> links = LinkHeader.parse(headers);
        String next = links.stream()
                .filter(link -> link.relations().contains("next"))
                .map(LinkHeader.Link::target)
                .findFirst()
                .orElse("");
        boolean isPart =
                links.stream().anyMatch(link -> link.relations().stream().anyMatch(PAGES::contains));
        return next.isEmpty() && !isPart ? NONE : new PageLinks(next, isPart);
    }
}
