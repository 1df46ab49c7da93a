package io.coppice.ops;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Clients start fast and only look: no native bindings, no YAML, no supervisor beyond its plan. */
class ArchitectureOfClientsTest {
    @Test
    void shouldKeepClientsFreeOfWhatOnlyTheRootNeeds() {
        noClasses()
                .that()
                .resideInAnyPackage("io.coppice.ops.cli", "io.coppice.ops.view")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jnr..",
                        "org.snakeyaml..",
                        "org.objectweb..",
                        "io.coppice.supervisor.core..",
                        "io.coppice.supervisor.os..",
                        "io.coppice.supervisor.root..",
                        "io.coppice.worker..",
                        "io.coppice.ops.manifest..")
                .check(new ClassFileImporter().importPackages("io.coppice.ops.cli", "io.coppice.ops.view"));
    }

    @Test
    void shouldKeepViewsFreeOfCommands() {
        noClasses()
                .that()
                .resideInAPackage("io.coppice.ops.view")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.coppice.ops.cli", "picocli..")
                .check(new ClassFileImporter().importPackages("io.coppice.ops.view"));
    }
}
