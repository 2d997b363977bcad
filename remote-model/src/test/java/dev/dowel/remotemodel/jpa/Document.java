package dev.dowel.remotemodel.jpa;

import java.util.List;

/** What is said of an entity whose class was enhanced, which is another class than the one that the tests see. */
public interface Document {

    Long getId();

    void setId(Long id);

    String getTitle();

    void setTitle(String title);

    String getBody();

    void setBody(String body);

    List<String> getTags();
}
