package dev.dowel.remotemodel.jpa;

class PostgreSqlRepositoryTest extends EntityManagerRepositoryTest {

    @Override
    Database database() {
        return Database.postgreSql();
    }
}
