package dev.dowel.remotemodel;

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
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.dowel.remotemodel");

    @Test
    void uses_no_framework_and_no_other_module() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java..",
                        "javax.crypto..",
                        "dev.dowel.remotemodel..",
                        "jakarta.servlet..",
                        "jakarta.persistence..",
                        "okhttp3..",
                        "okio..",
                        "kotlin..",
                        "com.fasterxml.jackson..",
                        "io.micrometer..",
                        "org.junit.jupiter.api..",
                        "org.apiguardian.api..",
                        "org.slf4j..",
                        "tools.jackson..",
                        "org.jspecify..")
                .check(classes);
    }

    @ParameterizedTest
    @CsvSource({"io.micrometer,micrometer", "tools.jackson,jackson3", "org.junit,testing"})
    void needs_an_optional_dependency_in_its_own_package_only(String dependency, String own) {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.remotemodel." + own)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(dependency + "..", "dev.dowel.remotemodel." + own)
                .check(classes);
    }

    @Test
    void only_the_jpa_package_needs_jakarta_persistence() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.remotemodel.jpa")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jakarta.persistence..")
                .check(classes);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.remotemodel.jpa")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.dowel.remotemodel.jpa..")
                .check(classes);
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
                .check(classes);
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
                .check(classes);
    }

    @Test
    void has_few_public_types_and_no_cycles() {
        long publicTypes = classes.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> type.getPackageName().equals("dev.dowel.remotemodel"))
                .filter(type -> !type.isAssignableTo(Throwable.class))
                .count();
        org.assertj.core.api.Assertions.assertThat(publicTypes).isLessThanOrEqualTo(32);
        slices().matching("dev.dowel.remotemodel.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void takes_an_address_where_a_service_and_a_document_are_named_and_nowhere_else() {
        Set<String> addresses = Set.of("java.net.URI", "java.net.URL");
        List<String> taking = classes.stream()
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
