package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: another build takes over what runs, and restarts nobody; each daemon comes to run on it when it is next started. */
class UpgradeSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    /** A build somewhere else: what it is made of, and what it passes to workers, has other paths. */
    private Path anotherBuild() throws IOException {
        Path launcher = Path.of(Coppice.launcher());
        Path home = coppice.directory.resolve("another build");
        Path from = launcher.resolveSibling("ops/target/coppice");
        Path to = Files.createDirectories(home.resolve("ops/target")).resolve("coppice");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return Files.copy(launcher, home.resolve("coppice"));
    }

    private static String commandLine(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    }

    @Test
    void shouldTakeOverFromAnotherBuildAndRestartNobody() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                  web: {command: 'while :; do sleep 1000; done'}
                """);
        Coppice.Root old = coppice.startRoot();
        coppice.awaitRoot(old);
        long ticker = coppice.awaitState("ticker", "ready").number("pid");
        long web = coppice.awaitState("web", "ready").number("pid");
        old.process.destroyForcibly();
        assertTrue(old.process.waitFor(60, TimeUnit.SECONDS));

        Path launcher = anotherBuild();
        Process next = coppice.startIn(
                List.of("env", "COPPICE_BUILD=never", "sh", "-c", "shift; exec '" + launcher + "' \"$@\"", "sh"),
                "run");
        Coppice.await("the root of the other build", () -> {
            try {
                return commandLine(next.pid()).contains("another build")
                        && coppice.run("status").out().contains("pid " + next.pid());
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Coppice.Daemon taken = coppice.awaitState("ticker", "ready");
        assertEquals(ticker, taken.number("pid"));
        assertEquals(1, taken.number("incarnation"));
        assertEquals(web, coppice.daemon("web").number("pid"));
        assertFalse(commandLine(ticker).contains("another build"));

        assertEquals(0, coppice.run("restart", "ticker").exitCode());
        Coppice.Daemon restarted = coppice.daemon("ticker");
        assertTrue(
                commandLine(restarted.number("pid")).contains("another build"), commandLine(restarted.number("pid")));
        assertFalse(coppice.log("ticker").contains("torn"), coppice.log("ticker"));
        assertTrue(next.toHandle().destroy());
        assertTrue(next.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, next.exitValue());
    }
}
