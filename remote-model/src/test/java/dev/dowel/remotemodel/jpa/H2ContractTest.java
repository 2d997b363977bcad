package dev.dowel.remotemodel.jpa;

class H2ContractTest extends EntityManagerContract {

    @Override
    Database database() {
        return Database.h2();
    }
}
