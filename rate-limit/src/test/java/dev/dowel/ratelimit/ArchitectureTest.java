package dev.dowel.ratelimit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.dowel.ratelimit");

    @Test
    void depends_on_nothing_but_the_jdk_the_servlet_api_slf4j_bucket4j_and_caffeine() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.dowel.ratelimit..",
                        "java..",
                        "jakarta.servlet..",
                        "org.jspecify.annotations..",
                        "org.slf4j..",
                        "io.github.bucket4j..",
                        "com.github.benmanes.caffeine..")
                .check(MODULE);
    }

    @Test
    void has_no_cycles() {
        slices().matching("dev.dowel.ratelimit.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(MODULE);
    }
}
