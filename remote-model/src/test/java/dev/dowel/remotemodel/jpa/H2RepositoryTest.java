package dev.dowel.remotemodel.jpa;

class H2RepositoryTest extends EntityManagerRepositoryTest {

    @Override
    Database database() {
        return Database.h2();
    }
}
