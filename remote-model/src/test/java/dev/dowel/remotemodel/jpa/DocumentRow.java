package dev.dowel.remotemodel.jpa;

import jakarta.persistence.Basic;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import java.util.ArrayList;
import java.util.List;

/** Enhanced by {@link Enhanced}, its body is read when it is asked for. */
@Entity(name = "Document")
class DocumentRow implements Document {
    @Id
    private Long id;

    private String title;

    @Basic(fetch = FetchType.LAZY)
    @Column(length = 4000)
    private String body;

    @ElementCollection
    private List<String> tags = new ArrayList<>();

    @Override
    public Long getId() {
        return id;
    }

    @Override
    public void setId(Long id) {
        this.id = id;
    }

    @Override
    public String getTitle() {
        return title;
    }

    @Override
    public void setTitle(String title) {
        this.title = title;
    }

    @Override
    public String getBody() {
        return body;
    }

    @Override
    public void setBody(String body) {
        this.body = body;
    }

    @Override
    public List<String> getTags() {
        return tags;
    }
}
