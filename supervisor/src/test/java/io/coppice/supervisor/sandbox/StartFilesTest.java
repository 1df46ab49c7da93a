package io.coppice.supervisor.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
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

    private void data(String... names) throws IOException {
        for (String name : names) {
            Files.createFile(top.resolve(name));
        }
    }

    private static Probes readiness(String... argv) {
        return new Probes(null, null, new Probe(new ProbeCheck.Exec(List.of(argv)), 0, 10_000, 1_000, 1, 3));
    }

    private Set<String> ofCommand(String... argv) throws IOException {
        return inTop(fixed(command(argv)));
    }

    private Set<String> ofProbe(String... argv) throws IOException {
        return inTop(fixed(command("./web").probes(readiness(argv))));
    }

    /** Without what is the system's, and the command itself. */
    private static Set<String> inTop(Set<String> fixed) {
        return fixed.stream()
                .filter(path -> !path.startsWith("/") && !path.equals("web"))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldHaveWhatATextForAShellRunsAndNothingThatItWrites() throws IOException {
        program("tick.sh");
        program("more/tick.sh");
        data("lib.sh", "seen.log", "in.txt");
        assertEquals(Set.of("tick.sh"), ofCommand("/bin/sh", "-c", "./tick.sh"));
        assertEquals(
                Set.of("tick.sh", "more/tick.sh", "lib.sh"),
                ofCommand(
                        "/bin/sh",
                        "-c",
                        "A=b; . ./lib.sh && (\"./tick.sh\" in.txt || sh -c 'exec more/tick.sh') >>seen.log 2>&1"));
    }

    @Test
    void shouldHaveProgramsBehindOthersAndScriptsOfInterpreters() throws IOException {
        program("x.sh");
        data("app.py", "data.db", "hook.js", "app.js", "a.jar", "a b");
        assertEquals(Set.of("x.sh"), ofCommand("env", "FOO=1", "nice", "-n", "5", "./x.sh", "data.db"));
        assertEquals(Set.of("app.py"), ofCommand("python3", "-u", "-W", "ignore", "app.py", "data.db"));
        assertEquals(Set.of(), ofCommand("python3", "-m", "app", "data.db"));
        assertEquals(Set.of("hook.js", "app.js"), ofCommand("node", "-r", "./hook.js", "app.js", "data.db"));
        assertEquals(Set.of("x.sh"), ofCommand("bash", "-e", "-o", "pipefail", "x.sh", "data.db"));
        assertEquals(Set.of("a.jar"), ofCommand("timeout", "5", "java", "-jar", "a.jar", "data.db"));
        assertEquals(Set.of("a b"), ofCommand("sh", "-c", "sh './a b'"));
    }

    @Test
    void shouldFindProgramsOfATextByThePath() throws IOException {
        program("b/health");
        SortedMap<String, String> environment =
                new TreeMap<>(Map.of("PATH", top.resolve("a") + ":" + top.resolve("b")));
        assertEquals(
                Set.of("a", "b/health"),
                inTop(fixed(command("/bin/sh", "-c", "true; nice -n 5 health").environment(environment))));
    }

    @Test
    void shouldHaveAllFilesOfAProbeButThoseThatAreData() throws IOException {
        program("health.sh");
        data("health.conf", "alive", "web.pid");
        Files.createDirectory(top.resolve("data"));
        assertEquals(Set.of("health.sh"), ofProbe("/bin/sh", "-c", "./health.sh"));
        assertEquals(Set.of("health.sh", "health.conf"), ofProbe("./health.sh", "health.conf", "data"));
        assertEquals(Set.of(), ofProbe("cat", "alive"));
        assertEquals(
                Set.of("health.sh"), ofProbe("/bin/sh", "-c", "test -f alive && ./health.sh $(cat web.pid) >alive"));
    }

    @Test
    void shouldHaveNothingOfAWorkersOwnArguments() throws IOException {
        program("jdk/bin/java");
        program("x.sh");
        data("data.db");
        assertEquals(
                Set.of("jdk", "jdk/bin/java", "a.jar"),
                fixed(ChildPlans.daemon("web")
                        .argv(List.of("jdk/bin/java", "-cp", "a.jar", "com.example.Main", "x.sh", "data.db"))
                        .workingDirectory(top.toString())));
    }

    @Test
    void shouldHaveWhatModulesArePatchedWithAndWhereLibrariesAre() throws IOException {
        assertEquals(
                Set.of("java", "p.jar", "q.jar", "r.jar", "m", "u", "native"),
                fixed(command(
                        "./java",
                        "--patch-module",
                        "java.base=p.jar:q.jar",
                        "--patch-module=com.example=r.jar",
                        "--module-path",
                        "m",
                        "--upgrade-module-path=u",
                        "-Djava.library.path=native",
                        "-m",
                        "com.example/com.example.Main")));
    }

    @Test
    void shouldLookAtABoundedNumberOfWords() throws IOException {
        program("x.sh");
        String words = "a ".repeat(CommandWords.MOST_WORDS - 4);
        assertEquals(Set.of("x.sh"), ofCommand("/bin/sh", "-c", words + "./x.sh"));
        assertEquals(Set.of(), ofCommand("/bin/sh", "-c", words + "a ./x.sh"));
    }

    private void jar(String name, String classPath) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!classPath.isEmpty()) {
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        }
        Path file = top.resolve(name);
        Files.createDirectories(file.getParent());
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
    }

    @Test
    void shouldHaveWhatManifestsOfJarsBringIn() throws IOException {
        jar("app.jar", "lib/dep.jar classes/ none.jar");
        jar("lib/dep.jar", "../deeper.jar ../app.jar");
        jar("deeper.jar", "");
        jar("all/a.jar", "../b.jar");
        jar("b.jar", "");
        Files.createDirectory(top.resolve("classes"));
        data("damaged.jar");
        ChildPlanBuilder child = command("./java", "-cp", "damaged.jar:app.jar:all/*", "com.example.Main");
        assertEquals(
                Set.of("java", "damaged.jar", "app.jar", "lib/dep.jar", "classes", "deeper.jar", "all", "b.jar"),
                fixed(child));
        StartFiles files = StartFiles.of(List.of(child.plan()), List.of());
        assertTrue(files.fixed().contains(top.resolve("deeper.jar")));
        jar("lib/dep.jar", "");
        assertFalse(files.fixed().contains(top.resolve("deeper.jar")));
    }

    @Test
    void shouldTellOfFilesWithFurtherNames() throws IOException {
        program("web");
        data("a.jar", "b.jar");
        Files.createLink(top.resolve("other"), top.resolve("b.jar"));
        Files.createLink(top.resolve("another"), top.resolve("b.jar"));
        StartFiles files = StartFiles.of(
                List.of(
                        command("./web").plan(),
                        command("./web", "-jar").plan(),
                        command("./java", "-cp", "a.jar:b.jar").plan()),
                List.of());
        assertEquals(Map.of(top.resolve("b.jar"), 3), files.withFurtherNames());
    }
}
