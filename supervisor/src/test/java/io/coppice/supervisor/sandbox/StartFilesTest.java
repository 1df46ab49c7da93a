package io.coppice.supervisor.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartFilesTest {
    @TempDir
    Path temporary;

    private Path top = Path.of("/");

    @BeforeEach
    void followLinks() throws IOException {
        top = temporary.toRealPath();
    }

    private Path program(String name) throws IOException {
        Path file = top.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private ChildPlanBuilder command(String... argv) {
        return ChildPlans.command("web").argv(List.of(argv)).workingDirectory(top.toString());
    }

    private Set<String> fixed(ChildPlanBuilder child) throws IOException {
        return StartFiles.of(List.of(child.plan()), List.of()).fixed().stream()
                .map(path -> path.startsWith(top) ? top.relativize(path).toString() : path.toString())
                .collect(Collectors.toSet());
    }

    @Test
    void shouldHaveTheProgramOfACommandAndOfWhatAsksItToEndOrHowItIs() throws IOException {
        program("bin/web");
        Path ask = program("ask/now");
        program("ready/now");
        Probe probe = new Probe(new ProbeCheck.Exec(List.of("ready/now")), 0, 10_000, 1_000, 1, 3);
        assertEquals(
                Set.of("bin/web", "ask/now", "ready/now"),
                fixed(command("bin/web", "--port", "80")
                        .shutdown(
                                new Shutdown("TERM", 1000, StartPrefix.before("umask 077; ", List.of(ask.toString()))))
                        .probes(new Probes(null, null, probe))));
    }

    @Test
    void shouldHaveWhatAProgramIsFoundByAndWhatWouldBeFoundFirst() throws IOException {
        program("b/web");
        program("c/web");
        SortedMap<String, String> environment =
                new TreeMap<>(Map.of("PATH", top.resolve("a") + ":" + top.resolve("b") + ":" + top.resolve("c")));
        assertEquals(Set.of("a", "b/web"), fixed(command("web").environment(environment)));
        assertEquals(Set.of(), fixed(command("none").environment(environment)));
    }

    @Test
    void shouldHaveWhatAJvmLoads() throws IOException {
        Path java = program("jdk/bin/java");
        Path link = Files.createSymbolicLink(top.resolve("java"), java);
        assertEquals(
                Set.of("java", "jdk", "jdk/bin/java", "agent.jar", "options", "a.jar", "lib", "boot.jar"),
                fixed(command(
                        link.toString(),
                        "-Xmx1g",
                        "-javaagent:agent.jar=a=/b:/c",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-Xbootclasspath/a:boot.jar",
                        "@options",
                        "-cp",
                        "a.jar:lib/*",
                        "com.example.Main",
                        "-jar",
                        "data.jar")));
        assertEquals(
                Set.of("java", "jdk", "jdk/bin/java", "b.jar"),
                fixed(command("./java", "-jar", "b.jar", "-cp", "c.jar")));
    }
}
