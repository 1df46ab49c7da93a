package io.coppice.ops;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** Keeps the arrows of ARCHITECTURE pointing down, and the pure parts pure. */
class ArchitectureTest {
    private static final int A_LINE_OR_TWO = 132;

    private static JavaClasses coppice;

    @BeforeAll
    static void importAllModules() {
        coppice = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.coppice");
    }

    /** By its name a test is run with the units or after packaging: one that has the other's name is missed where it is looked for. */
    @Test
    void shouldCallOnlyTestsOfTheWholeSystemSo() throws IOException {
        List<Path> named = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(Path.of(".."))) {
            for (Path module : modules) {
                Path tests = module.resolve("src/test/java");
                if (Files.isDirectory(tests)) {
                    try (Stream<Path> files = Files.walk(tests)) {
                        files.filter(file -> file.toString().endsWith("SystemTest.java"))
                                .forEach(named::add);
                    }
                }
            }
        }
        assertTrue(named.size() > 20, "they are looked for where they are");
        assertEquals(
                List.of(),
                named.stream()
                        .filter(file -> !List.of("system", "systemd")
                                .contains(file.resolveSibling(".")
                                        .normalize()
                                        .getFileName()
                                        .toString()))
                        .toList());
    }

    @Test
    void shouldKnowNothingAboveSharedState() {
        noClasses()
                .that()
                .resideInAPackage("io.coppice.state..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.coppice.worker..", "io.coppice.supervisor..", "io.coppice.ops..")
                .check(coppice);
    }

    @Test
    void shouldKeepWorkerAndSupervisorApart() {
        noClasses()
                .that()
                .resideInAPackage("io.coppice.worker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.coppice.supervisor..", "io.coppice.ops..")
                .check(coppice);
        noClasses()
                .that()
                .resideInAPackage("io.coppice.supervisor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.coppice.worker..", "io.coppice.ops..")
                .check(coppice);
    }

    @Test
    void shouldLoadNoNativeLibraryBindingInAWorkerOrAClientButForTheLoopWord() {
        noClasses()
                .that(resideInAnyPackage(
                                "io.coppice.state..",
                                "io.coppice.worker..",
                                "io.coppice.ops.cli..",
                                "io.coppice.ops.view..")
                        .and(not(resideInAPackage("io.coppice.worker.libc.."))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai.jffi..", "io.coppice.supervisor.os..")
                .check(coppice);
        noClasses()
                .that()
                .resideInAPackage("io.coppice.worker.libc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "io.coppice.supervisor..")
                .check(coppice);
    }

    @Test
    void shouldKeepTheCoreAndThePlanPure() {
        classes()
                .that(resideInAPackage("io.coppice.supervisor.core.."))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "io.coppice.supervisor.core..",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "org.jspecify.."))
                .check(coppice);
        noClasses()
                .that()
                .resideInAnyPackage("io.coppice.supervisor.core..", "io.coppice.supervisor.plan..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.net..",
                        "java.util.concurrent..",
                        "org.slf4j..",
                        "io.coppice.state..",
                        "io.coppice.supervisor.os..",
                        "io.coppice.supervisor.root..")
                .check(coppice);
        noClasses()
                .that()
                .resideInAnyPackage("io.coppice.supervisor.core..", "io.coppice.supervisor.plan..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(coppice);
    }

    @Test
    void shouldKeepTheRootAndTheSimulatorApart() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.coppice.supervisor.core..",
                        "io.coppice.supervisor.plan..",
                        "io.coppice.supervisor.specs..",
                        "io.coppice.supervisor.os..",
                        "io.coppice.supervisor.root..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.coppice.supervisor.simulation..")
                .check(coppice);
        noClasses()
                .that()
                .resideInAPackage("io.coppice.supervisor.simulation..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.coppice.supervisor.os..",
                        "io.coppice.supervisor.root..",
                        "io.coppice.state..",
                        "java.nio..")
                .check(coppice);
    }

    /** {@code coppice --help} shows the first line of each description, and nothing more of it. */
    @Test
    void shouldBeginWithAWholeSentenceForTheListOfCommands() {
        List<String> bad = new ArrayList<>();
        int commands = 0;
        for (JavaClass candidate : coppice) {
            if (!candidate.isAnnotatedWith(Command.class)) {
                continue;
            }
            commands++;
            Command command = candidate.getAnnotationOfType(Command.class);
            String first = command.description().length == 0 ? "" : command.description()[0];
            if (!first.endsWith(".") || first.length() > A_LINE_OR_TWO) {
                bad.add(command.name() + ": " + first);
            }
        }
        assertTrue(commands > 20, "only " + commands + " commands were found");
        assertEquals(List.of(), bad);
    }
}
