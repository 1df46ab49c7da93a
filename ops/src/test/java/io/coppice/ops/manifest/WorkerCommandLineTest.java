package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line and the environment of a worker. */
class WorkerCommandLineTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    @Test
    void shouldBringLibcAlongLastWhereTheDeathWordIsTheFence() {
        shop.javaFeature = 25;
        List<String> argv =
                shop.child(Workshop.daemonWith("fence: word", "standby: 1")).argv();
        assertEquals(
                shop.workerLib + "/worker.jar:" + shop.folder + "/lib/shop.jar:"
                        + shop.workerLib.resolveSibling("worker-libc") + "/libc.jar",
                argv.get(argv.indexOf("-cp") + 1));
        assertEquals("word", argv.get(argv.indexOf("--fence") + 1));
        assertTrue(argv.indexOf("--enable-native-access=ALL-UNNAMED") > 0, argv.toString());
        shop.javaFeature = 17;
        argv = shop.child(Workshop.daemonWith("fence: word", "standby: 1")).argv();
        assertFalse(argv.contains("--enable-native-access=ALL-UNNAMED"), argv.toString());
        argv = shop.child(Workshop.daemonWith("fence: lock", "standby: 1")).argv();
        assertFalse(argv.contains("--fence") || argv.toString().contains("worker-libc"), argv.toString());
    }

    @Test
    void shouldBeCompleteAndInTheContractsOrder() {
        shop.javaFeature = 17;
        String yaml = Workshop.daemonWith("args: [--, x]", "state: 64KiB", "heartbeat: {timeout: 2s}")
                + "  rates: {main: com.example.Rates, classpath: [lib/shop.jar]}\n";
        ChildPlan child = shop.child(yaml);
        String directory = shop.base + "/shop";
        assertEquals(
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xms67108864",
                        "-Xmx67108864",
                        "-Xss512k",
                        "-XX:+UseSerialGC",
                        "-XX:MaxMetaspaceSize=67108864",
                        "-XX:ReservedCodeCacheSize=33554432",
                        "-XX:MaxDirectMemorySize=16777216",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:-UsePerfData",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:AsyncDeflationInterval=5000",
                        "-XX:GuaranteedSafepointInterval=10000",
                        "-XX:ErrorFile=" + directory + "/it.own/hs_err_%p.log",
                        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-Dorg.slf4j.simpleLogger.log.net.openhft=off",
                        "-Dbackground.releaser=false",
                        "-Dsystem.properties=/dev/null",
                        "-cp",
                        shop.workerLib + "/worker.jar:" + shop.folder + "/lib/shop.jar",
                        "io.coppice.worker.runtime.WorkerMain",
                        "--instance",
                        "shop",
                        "--name",
                        "it",
                        "--segment",
                        directory + "/it.seg",
                        "--lock",
                        directory + "/it.lock",
                        "--main",
                        "com.example.Ingest",
                        "--heartbeat-timeout-ms",
                        "2000",
                        "--size",
                        "65536,0",
                        "--peer",
                        "rates=" + directory + "/rates.seg",
                        "--",
                        "--",
                        "x"),
                child.argv());
    }

    @Test
    void shouldNameOnlyFlagsThatTheWorkersJdkKnows() throws IOException {
        shop.javaFeature = 22;
        assertFalse(argv().contains("--sun-misc-unsafe-memory-access=allow"));
        shop.javaFeature = 25;
        assertTrue(argv().contains("--sun-misc-unsafe-memory-access=allow"));
        assertFalse(argv().contains("-XX:+UseTransparentHugePages"));
        shop.system("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
        assertFalse(argv().contains("-XX:+UseTransparentHugePages"));
        shop.system("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        assertTrue(argv().contains("-XX:+UseTransparentHugePages"));
    }

    @Test
    void shouldPutTheUsersOptionsLastSoThatTheyWin() {
        List<String> argv = argv("jvm: {options: [--add-opens, java.base/java.lang=ALL-UNNAMED, -Xss1m, -Da=b c -d]}");
        int at = argv.indexOf("--add-opens");
        assertTrue(at > argv.indexOf("-Dsystem.properties=/dev/null"));
        assertEquals(
                List.of("java.base/java.lang=ALL-UNNAMED", "-Xss1m", "-Da=b c -d", "-cp"),
                argv.subList(at + 1, at + 5));
        assertTrue(argv.contains("-Xss1024k"));
    }

    @Test
    void shouldKeepSegmentsWhereTheManifestWantsThem() {
        ManifestResult.Compiled compiled = shop.compiled("segments: segs\n" + Workshop.daemonWith());
        String segments = shop.folder + "/segs/shop";
        assertEquals(segments, compiled.plan().segmentDirectory());
        assertEquals(shop.base + "/shop", compiled.plan().directory());
        assertTrue(compiled.plan().children().get(0).argv().contains(segments + "/it.seg"));
    }

    @Test
    void shouldGiveChildrenTheCallersEnvironmentWithoutWhatIsNotTheirs() {
        shop.environment.put("KEPT", "x");
        for (String gone : List.of(
                "JAVA_TOOL_OPTIONS",
                "JDK_JAVA_OPTIONS",
                "_JAVA_OPTIONS",
                "NOTIFY_SOCKET",
                "JOURNAL_STREAM",
                "WATCHDOG_USEC",
                "WATCHDOG_PID",
                "LISTEN_FDS",
                "LISTEN_FDNAMES",
                "COPPICE_ANYTHING",
                "PWD",
                "OLDPWD",
                "_")) {
            shop.environment.put(gone, "x");
        }
        ChildPlan child = shop.child(Workshop.commandWith("environment: {KEPT: y, NOTIFY_SOCKET: own}"));
        assertEquals(
                List.of("KEPT", "NOTIFY_SOCKET", "PATH"),
                List.copyOf(child.environment().keySet()));
        assertEquals("y", child.environment().get("KEPT"));
        assertEquals("own", child.environment().get("NOTIFY_SOCKET"));
    }

    /** The flags are held against the JVM that runs this test: it must take them all, and print nothing about them. */
    @Test
    void shouldStartARealJvmWithoutAWordOnStderr() throws Exception {
        compileWorkerMain();
        shop.system(
                "/sys/kernel/mm/transparent_hugepage/enabled",
                Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
                        ? Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
                        : "[never]");
        for (String options :
                List.of("[]", "[\"-XX:+UseG1GC\", \"-XX:MaxMetaspaceSize=32m\"]", "[\"-XX:+AlwaysPreTouch\"]")) {
            ChildPlan child = shop.child(Workshop.daemonWith("args: [a, \"b c\"]", "jvm: {options: " + options + "}"));
            Path out = shop.folder.resolve("out");
            Path err = shop.folder.resolve("err");
            ProcessBuilder builder = new ProcessBuilder(child.argv())
                    .directory(Path.of(child.workingDirectory()).toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(child.environment());
            Process process = builder.start();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the JVM hangs");
            assertEquals("", Files.readString(err), options);
            assertEquals(0, process.exitValue());
            String said = Files.readString(out);
            assertTrue(said.startsWith("--instance shop --name it --segment "), said);
            assertTrue(said.endsWith(" -- a b c\n"), said);
        }
    }

    private void compileWorkerMain() throws IOException {
        Path source = Files.createDirectories(shop.folder.resolve("src/io/coppice/worker/runtime"))
                .resolve("WorkerMain.java");
        Files.writeString(source, """
                package io.coppice.worker.runtime;
                public class WorkerMain {
                    public static void main(String[] args) {
                        System.out.println(String.join(" ", args));
                    }
                }
                """, StandardCharsets.UTF_8);
        Path classes = Files.createDirectories(shop.folder.resolve("worker-classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-d", classes.toString(), source.toString()));
        new ClassJar()
                .interfaceOf(ClassJar.DAEMON)
                .entry(
                        "io/coppice/worker/runtime/WorkerMain.class",
                        Files.readAllBytes(classes.resolve("io/coppice/worker/runtime/WorkerMain.class")))
                .writeTo(shop.workerLib.resolve("worker.jar"));
    }

    private List<String> argv(String... lines) {
        return new ArrayList<>(shop.child(Workshop.daemonWith(lines)).argv());
    }
}
