package dev.dowel.remotemodel;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells the names a class gives to its properties from those a provider chooses, which are content. */
final class UnknownKeys {

    private UnknownKeys() {}

    /** True for a map and for a class with a {@link JsonAnySetter}, given as an object or as the class. */
    static boolean mayBeIn(@Nullable Object holder) {
        if (holder == null || holder instanceof Map) {
            return true;
        }
        Class<?> type = holder instanceof Class<?> itself ? itself : holder.getClass();
        return Map.class.isAssignableFrom(type)
                || Stream.<Class<?>>iterate(type, each -> each != null && each != Object.class, Class::getSuperclass)
                        .anyMatch(UnknownKeys::takesAny);
    }

    private static boolean takesAny(Class<?> type) {
        Stream<AccessibleObject> members =
                Stream.concat(Arrays.stream(type.getDeclaredFields()), Arrays.stream(type.getDeclaredMethods()));
        return members.anyMatch(member -> member.isAnnotationPresent(JsonAnySetter.class))
                || Arrays.stream(type.getDeclaredConstructors())
                        .map(Constructor::getParameters)
                        .flatMap(Arrays::stream)
                        .anyMatch((Parameter parameter) -> parameter.isAnnotationPresent(JsonAnySetter.class));
    }
}
