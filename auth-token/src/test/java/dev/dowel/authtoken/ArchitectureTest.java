package dev.dowel.authtoken;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.dowel.authtoken");

    /** What every package may know: the module's root and these libraries, and no framework. */
    private static final List<String> CORE =
            List.of("dev.dowel.authtoken", "java..", "jakarta.servlet..", "org.jspecify.annotations..", "org.slf4j..");

    /** What one package may know besides, by its name. */
    private static final Map<String, List<String>> OWN =
            Map.of("jwt", List.of("com.nimbusds.."), "micrometer", List.of("io.micrometer.."));

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
    void the_generator_needs_no_library_at_run_time() {
        noClasses()
                .that()
                .belongToAnyOf(TokenGenerator.class, GeneratedToken.class, Sha256.class, ClientId.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..", "org.slf4j..")
                .check(MODULE);
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
                .check(MODULE);
    }
}
