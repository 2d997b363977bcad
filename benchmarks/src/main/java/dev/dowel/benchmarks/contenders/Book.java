package dev.dowel.benchmarks.contenders;

/** What is read and written. */
public record Book(long id, String title, String author, int pages, double price, boolean available) {

    /** Returns a book of 1 KB of JSON, to create. */
    public static Book large() {
        return new Book(7, "T".repeat(460), "A".repeat(472), 321, 19.95, true);
    }
}
