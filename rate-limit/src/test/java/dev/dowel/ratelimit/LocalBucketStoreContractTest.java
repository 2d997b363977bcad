package dev.dowel.ratelimit;

class LocalBucketStoreContractTest extends BucketStoreContract {
    private final LocalBucketStore store = new LocalBucketStore(1_000, now::get);

    @Override
    protected BucketStore store() {
        return store;
    }
}
