package dev.dowel.remotemodel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.dowel.remotemodel");

    /** What every package may know: the module's root and these libraries, and no framework. */
    private static final List<String> CORE = List.of(
            "dev.dowel.remotemodel",
            "java..",
            "javax.crypto..",
            "jakarta.servlet..",
            "com.fasterxml.jackson..",
            "kotlin..",
            "okhttp3..",
            "okio..",
            "org.jspecify.annotations..",
            "org.slf4j..");

    /** What one package may know besides, by its name. */
    private static final Map<String, List<String>> OWN = Map.of(
            "jackson3",
            List.of("tools.jackson.."),
            "jpa",
            List.of("jakarta.persistence.."),
            "micrometer",
            List.of("io.micrometer.."),
            "testing",
            List.of("org.apiguardian.api..", "org.junit.jupiter.api.."));

    @ParameterizedTest
    @MethodSource("packages")
    void uses_no_framework_and_no_other_module_and_an_optional_library_only_in_its_own_package(String name) {
        List<String> known = new ArrayList<>(CORE);
        known.add(name);
        known.addAll(OWN.getOrDefault(name.substring(name.lastIndexOf('.') + 1), List.of()));
        classes()
                .that()
                .resideInAPackage(name)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known.toArray(String[]::new))
                .check(MODULE);
    }

    static Stream<String> packages() {
        return MODULE.stream().map(JavaClass::getPackageName).distinct().sorted();
    }

    @Test
    void shows_nothing_internal_in_a_public_signature() {
        assertThat(PublicSignatures.showingInternals(MODULE)).isEmpty();
    }

    @Test
    void has_no_cycles_between_packages() {
        slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(MODULE);
    }

    /** The root package and its implementation, which knows it, are one. */
    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName().replaceFirst("[.]internal$", ""));
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    @Test
    void shows_okhttp_in_one_method_only() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .and()
                .doNotHaveName("okHttpClient")
                .should()
                .notHaveRawReturnType(okhttp())
                .andShould()
                .notHaveRawParameterTypes(DescribedPredicate.describe(
                        "holding an OkHttp type", types -> types.stream().anyMatch(okhttp())))
                .check(MODULE);
    }

    private static DescribedPredicate<JavaClass> okhttp() {
        return DescribedPredicate.describe(
                "an OkHttp type", type -> type.getPackageName().startsWith("okhttp3"));
    }

    @Test
    void inherits_no_thread_locals() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(InheritableThreadLocal.class)
                .check(MODULE);
    }

    @Test
    void has_few_public_types() {
        long publicTypes = MODULE.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> type.getPackageName().equals("dev.dowel.remotemodel"))
                .filter(type -> !type.isAssignableTo(Throwable.class))
                .count();
        assertThat(publicTypes).isLessThanOrEqualTo(32);
    }

    @Test
    void takes_an_address_where_a_service_and_a_document_are_named_and_nowhere_else() {
        Set<String> addresses = Set.of("java.net.URI", "java.net.URL");
        List<String> taking = MODULE.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(unit -> unit.getParameterTypes().stream()
                        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                        .anyMatch(type -> addresses.contains(type.getName())))
                .map(JavaCodeUnit::getFullName)
                .toList();

        assertThat(taking)
                .containsExactlyInAnyOrder(
                        "dev.dowel.remotemodel.RemoteService.builder(java.lang.String, java.net.URI)",
                        "dev.dowel.remotemodel.ApiVersionFilter$Builder.documentation(java.lang.String, java.net.URI)");
    }
}
