package dev.dowel.remotemodel.jpa;

class PostgreSqlContractTest extends EntityManagerContract {

    @Override
    Database database() {
        return Database.postgreSql();
    }
}
