package dev.dowel.authtoken;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.Serializable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.dowel.authtoken");

    @Test
    void knows_only_the_platform_servlets_logging_and_its_own_package() {
        classes()
                .that()
                .resideInAPackage("dev.dowel.authtoken")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "jakarta.servlet..", "org.slf4j..", "org.jspecify..", "dev.dowel.authtoken")
                .check(CLASSES);
    }

    @Test
    void optional_libraries_stay_in_packages_of_their_own() {
        onlyBeside("dev.dowel.authtoken.jwt", "com.nimbusds..", "org.slf4j..");
        onlyBeside("dev.dowel.authtoken.micrometer", "io.micrometer.core..");
    }

    private static void onlyBeside(String own, String... allowed) {
        String[] all = Stream.concat(
                        Stream.of("java..", "org.jspecify..", "dev.dowel.authtoken", own), Stream.of(allowed))
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(own)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(all)
                .check(CLASSES);
    }

    @Test
    void the_generator_needs_no_library_at_run_time() {
        noClasses()
                .that()
                .belongToAnyOf(TokenGenerator.class, GeneratedToken.class, Sha256.class, ClientId.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..", "org.slf4j..")
                .check(CLASSES);
    }

    @Test
    void nothing_that_holds_a_secret_is_serializable() {
        noClasses()
                .that()
                .areNotEnums()
                .and()
                .areNotAssignableTo(Enum.class)
                .should()
                .beAssignableTo(Serializable.class)
                .check(CLASSES);
    }

    @Test
    void no_package_cycles() {
        slices().matching("dev.dowel.authtoken.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
