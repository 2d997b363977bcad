package dev.dowel.messaging;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the module's user sees: public and protected members of types that can be named from outside, and their supertypes. */
final class PublicSignatures {
    private PublicSignatures() {}

    /** Returns where such a signature shows a type of the module that cannot be named from outside, or is internal. */
    static List<String> showingInternals(JavaClasses module) {
        return module.stream()
                .filter(PublicSignatures::isOpen)
                .flatMap(type -> Stream.concat(
                        internals(type.getName(), supertypesAndBounds(type)),
                        type.getMembers().stream()
                                .filter(member -> isOpen(member.getModifiers()))
                                .flatMap(member -> internals(member.getFullName(), types(member)))))
                .sorted()
                .toList();
    }

    private static Stream<String> internals(String where, Stream<JavaClass> shown) {
        return shown.map(JavaClass::getBaseComponentType)
                .filter(type -> type.getName().startsWith("dev.dowel.") && !isOpen(type))
                .map(type -> where + " shows " + type.getName())
                .distinct();
    }

    private static Stream<JavaClass> supertypesAndBounds(JavaClass type) {
        return Stream.of(
                        type.getSuperclass().stream(), type.getInterfaces().stream(), type.getTypeParameters().stream())
                .flatMap(types -> types)
                .map(JavaType.class::cast)
                .flatMap(shown -> shown.getAllInvolvedRawTypes().stream());
    }

    private static Stream<JavaClass> types(JavaMember member) {
        Stream<JavaClass> thrown =
                member instanceof JavaCodeUnit unit ? unit.getExceptionTypes().stream() : Stream.empty();
        return Stream.concat(member.getAllInvolvedRawTypes().stream(), thrown);
    }

    private static boolean isOpen(JavaClass type) {
        return !(type.getPackageName() + ".").contains(".internal.")
                && isOpen(type.getModifiers())
                && type.getEnclosingClass().map(PublicSignatures::isOpen).orElse(true);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }
}
