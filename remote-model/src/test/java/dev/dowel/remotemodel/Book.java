package dev.dowel.remotemodel;

/** The entity of the tests. */
public record Book(Long id, String title, int price, String nick) {

    public static Book titled(String title, int price) {
        return new Book(null, title, price, null);
    }
}
