package dev.dowel.benchmarks.authtoken;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;

/** Objects whose methods give fixed answers; all others throw, so that nothing a contender needs goes unseen. */
final class Stub {

    private Stub() {}

    /** Takes the answers by the name of the method; an empty one is null. */
    static <T> T of(Class<T> type, Map<String, Optional<?>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Optional<?> answer = answers.get(method.getName());
                    if (answer == null) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return answer.orElse(null);
                }));
    }
}
