package dev.dowel.ratelimit;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.dowel.ratelimit");

    /** What every package may know: the module's root and these libraries, and no framework. */
    private static final List<String> CORE =
            List.of("dev.dowel.ratelimit", "java..", "jakarta.servlet..", "org.jspecify.annotations..", "org.slf4j..");

    /** What one package may know besides, by its name. */
    private static final Map<String, List<String>> OWN = Map.of(
            "micrometer",
            List.of("io.micrometer.."),
            "bucket4j",
            List.of("io.github.bucket4j.."),
            "redis",
            List.of("io.lettuce..", "io.github.bucket4j..", "dev.dowel.ratelimit.bucket4j"));

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
}
