package dev.dowel.messaging;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.dowel.messaging");

    @Test
    void depends_on_nothing_but_the_jdk_slf4j_jackson_micrometer_the_amqp_client_and_the_schema_generator() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.dowel.messaging..",
                        "java..",
                        "javax.sql..",
                        "javax.net.ssl..",
                        "org.jspecify.annotations..",
                        "org.slf4j..",
                        "com.fasterxml.jackson..",
                        "tools.jackson..",
                        "com.github.victools..",
                        "com.fasterxml.classmate..",
                        "io.micrometer..",
                        "com.rabbitmq.client..")
                .check(MODULE);
    }

    @Test
    void only_the_internal_package_knows_the_amqp_client() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.messaging.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.rabbitmq..")
                .check(MODULE);
    }

    @Test
    void only_the_package_of_its_codec_knows_jackson_3() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.messaging.jackson3..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .check(MODULE);
    }

    @Test
    void only_the_package_of_documents_knows_the_schema_generator() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.messaging.asyncapi..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.github.victools..", "com.fasterxml.classmate..")
                .check(MODULE);
    }

    @Test
    void only_its_own_package_knows_micrometer_and_none_knows_that_package() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.dowel.messaging.micrometer..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "dev.dowel.messaging.micrometer..")
                .check(MODULE);
    }

    @Test
    void the_root_package_knows_none_of_the_packages_that_build_on_it() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.dowel.messaging", "dev.dowel.messaging.internal")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.dowel.messaging.outbox..",
                        "dev.dowel.messaging.testing..",
                        "dev.dowel.messaging.management..",
                        "dev.dowel.messaging.asyncapi..")
                .check(MODULE);
    }

    @Test
    void what_is_internal_stands_in_no_public_signature() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage("dev.dowel.messaging.internal..")
                .and()
                .arePublic()
                .should(haveNoTypeOf("dev.dowel.messaging.internal"))
                .check(MODULE);
    }

    private static ArchCondition<JavaMethod> haveNoTypeOf(String hidden) {
        return new ArchCondition<>("have no type of " + hidden) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                method.getAllInvolvedRawTypes().stream()
                        .filter(type -> type.getPackageName().equals(hidden))
                        .forEach(type -> events.add(SimpleConditionEvent.violated(
                                method, method.getFullName() + " shows " + type.getName())));
            }
        };
    }
}
