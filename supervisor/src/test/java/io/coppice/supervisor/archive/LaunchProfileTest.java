package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coppice.supervisor.plan.StartPrefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchProfileTest {
    private static List<String> argv(String... options) {
        List<String> argv = new ArrayList<>(List.of("/jdk/bin/java", "-Xmx32m"));
        argv.addAll(List.of(options));
        argv.addAll(List.of(
                "-cp", "/a.jar:/b.jar", "Main", "--name", "x", "--main", "Daemon", "--", "-javaagent:no", "--main"));
        return argv;
    }

    @Test
    void shouldTakeACommandLineApart() {
        LaunchProfile profile = LaunchProfile.of(argv("--add-exports", "java.base/x=ALL-UNNAMED", "-Da=b"));
        assertEquals("/jdk/bin/java", profile.java());
        assertEquals(List.of("-Xmx32m", "--add-exports", "java.base/x=ALL-UNNAMED", "-Da=b"), profile.options());
        assertEquals(List.of("/a.jar", "/b.jar"), profile.classPath());
        assertEquals("Main", profile.main());
        assertEquals("Daemon", profile.daemon());
        List<String> more = new ArrayList<>(argv("--add-exports", "java.base/x=ALL-UNNAMED", "-Da=b"));
        more.add(more.indexOf("-cp"), "-Xmore");
        assertEquals(more, profile.argv(List.of("-Xmore")));
    }

    @Test
    void shouldKnowATransactionsCommandLineThoughItNamesNoDaemonsClass() {
        List<String> argv = List.of(
                "/jdk/bin/java",
                "-cp",
                "/a.jar",
                "io.coppice.worker.runtime.TransactionMain",
                "--instance",
                "shop",
                "--daemon",
                "thumbs",
                "--");
        assertNull(LaunchProfile.obstacle(argv));
        LaunchProfile profile = LaunchProfile.of(argv);
        assertEquals("io.coppice.worker.runtime.TransactionMain", profile.main());
        assertEquals("", profile.daemon());
        assertEquals(argv, profile.argv(List.of()));
    }

    @Test
    void shouldSeeTheSameJvmBehindAPrefix() {
        List<String> prefixed = new ArrayList<>(StartPrefix.of("umask 077; exec \"$@\""));
        prefixed.addAll(argv("-Da=b"));
        assertNull(LaunchProfile.obstacle(prefixed));
        assertEquals(LaunchProfile.of(argv("-Da=b")), LaunchProfile.of(prefixed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xlog:gc:file=/var/log/gc.log",
                "-Xloggc:/var/log/gc.log",
                "-verbose:gc",
                "-XX:ErrorFile=/logs/hs_err_x_%p.log",
                "-XX:OnOutOfMemoryError=page-me",
                "-XX:StartFlightRecording=disk=true",
                "-XX:+AlwaysPreTouch",
                "-Dcom.sun.management.jmxremote.port=9999"
            })
    void shouldKeepATrainingAwayFromWhatIsTheDaemonsAlone(String option) {
        assertEquals(List.of("-Xmx32m"), LaunchProfile.of(argv(option)).options());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xshare:off",
                "-Xshare:auto",
                "-XX:SharedArchiveFile=/own.jsa",
                "-XX:AOTCache=/own.aot",
                "-XX:+AutoCreateSharedArchive",
                "-javaagent:/agent.jar",
                "-agentlib:jdwp=transport=dt_socket",
                "-Xbootclasspath/a:/x.jar",
                "--module-path=/mods",
                "--patch-module=java.base=/p"
            })
    void shouldLeaveACommandLineAloneThatHasItsOwnWay(String option) {
        String obstacle = LaunchProfile.obstacle(argv(option));
        assertEquals(true, obstacle != null && obstacle.contains(option), String.valueOf(obstacle));
        assertThrows(IllegalArgumentException.class, () -> LaunchProfile.of(argv(option)));
    }

    @Test
    void shouldTakeNothingForAWorkerThatIsNone() {
        assertNull(LaunchProfile.obstacle(argv()));
        for (List<String> other : List.of(
                List.of("/bin/sleep", "10"),
                List.of("/bin/sh", "-c", "x", "-cp"),
                List.of("java", "-cp", "/a.jar", "Main"),
                List.of("java", "-cp", "/a.jar", "Main", "--", "--main", "Daemon"))) {
            assertEquals("it is no command line of a worker", LaunchProfile.obstacle(other), other.toString());
        }
    }
}
