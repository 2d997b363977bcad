package dev.dowel.ratelimit;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.dowel.ratelimit");

    @Test
    void depends_on_nothing_but_the_jdk_the_servlet_api_and_slf4j() {
        classes()
                .that()
                .resideInAPackage("dev.dowel.ratelimit")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.dowel.ratelimit",
                        "java..",
                        "jakarta.servlet..",
                        "org.jspecify.annotations..",
                        "org.slf4j..")
                .check(MODULE);
    }

    @ParameterizedTest
    @CsvSource({
        "io.micrometer, micrometer, micrometer",
        "io.lettuce, redis, redis",
        "io.github.bucket4j, bucket4j, redis"
    })
    void needs_an_optional_dependency_in_its_own_package_only(String dependency, String own, String other) {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.dowel.ratelimit." + own, "dev.dowel.ratelimit." + other)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(dependency + "..")
                .check(MODULE);
    }

    @Test
    void asks_no_name_server() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.ratelimit.redis")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(InetAddress.class, InetSocketAddress.class)
                .orShould()
                .callMethodWhere(target(nameMatching("getRemoteHost|getLocalName")))
                .check(MODULE);
    }

    @Test
    void reads_no_wall_clock_of_its_own() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, Instant.class, LocalDateTime.class, ZonedDateTime.class, Date.class)
                .check(MODULE);
    }

    @Test
    void has_few_public_types() {
        assertThat(MODULE.stream()
                        .filter(type -> type.isTopLevelClass()
                                && type.getModifiers().contains(JavaModifier.PUBLIC)
                                && type.getPackageName().equals("dev.dowel.ratelimit")))
                .hasSizeLessThanOrEqualTo(21);
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
