package dev.dowel.remotemodel.testing;

import dev.dowel.remotemodel.IdCodec;
import dev.dowel.remotemodel.InMemoryRepository;
import dev.dowel.remotemodel.Repository;
import java.util.UUID;

/** What a user writes for an entity that is a bean without equals, has text ids and nothing that may be null. */
class OwnRepositoryTest extends RepositoryContractTest<OwnRepositoryTest.Shop, String> {

    /** The entity. */
    public static class Shop {
        public String id;
        public String street;
        public int seats;
    }

    @Override
    protected Repository<Shop, String> emptyRepository() {
        return InMemoryRepository.builder(Shop.class, IdCodec.STRING, shop -> shop.id)
                .build();
    }

    @Override
    protected EntityFields<Shop, String> fields() {
        return EntityFields.of(shop -> shop.id, "street", shop -> shop.street, "seats", shop -> shop.seats);
    }

    @Override
    protected Shop entity(String street, int seats, String nullable) {
        Shop shop = new Shop();
        shop.id = UUID.randomUUID().toString();
        shop.street = street;
        shop.seats = seats;
        return shop;
    }
}
