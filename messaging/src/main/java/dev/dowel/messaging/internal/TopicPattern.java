package dev.dowel.messaging.internal;

/** Whether a topic exchange would route a key by a binding: {@code *} is one word, {@code #} any number, also none. */
public final class TopicPattern {
    private TopicPattern() {}

    /**
     * Tells whether the pattern takes the key.
     *
     * @param pattern words separated by dots
     * @param key words separated by dots
     * @return true if it does
     */
    public static boolean matches(String pattern, String key) {
        String[] wanted = pattern.split("\\.", -1);
        String[] words = key.split("\\.", -1);
        // reach[j]: the words of the pattern so far can take the first j words of the key. Never exponential.
        boolean[] reach = new boolean[words.length + 1];
        reach[0] = true;
        for (String want : wanted) {
            boolean[] next = new boolean[words.length + 1];
            next[0] = reach[0] && want.equals("#");
            for (int j = 1; j <= words.length; j++) {
                next[j] = want.equals("#")
                        ? reach[j] || next[j - 1]
                        : reach[j - 1] && (want.equals("*") || want.equals(words[j - 1]));
            }
            reach = next;
        }
        return reach[words.length];
    }
}
