package dev.dowel.messaging;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.dowel.messaging");

    @Test
    void depends_on_nothing_but_the_jdk_slf4j_jackson_and_the_amqp_client() {
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
                        "com.rabbitmq.client..")
                .check(MODULE);
    }

    @Test
    void only_the_root_package_knows_the_amqp_client() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.dowel.messaging.outbox..", "dev.dowel.messaging.testing..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.rabbitmq..")
                .check(MODULE);
    }

    @Test
    void the_root_package_knows_neither_outbox_nor_double() {
        noClasses()
                .that()
                .resideInAPackage("dev.dowel.messaging")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.dowel.messaging.outbox..", "dev.dowel.messaging.testing..")
                .check(MODULE);
    }
}
