package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real root which may open no more descriptors (EMFILE), at each point of a restart at which it needs one. */
@Timeout(value = 2 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootWithoutDescriptorsTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    /** Slow enough not to fill the event log, quick enough to be waited for. */
    private static final Backoff QUICK = new Backoff(20, 1, 200, 60_000, 0);

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    /** A descriptor more each time: it lacks at another step of a launch. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldFailToRestartSayWhyAndRestartOnceItMayOpenDescriptors(int free) throws Exception {
        String leavesAHelper = "sleep 1000 & wait";
        try (RootProcess root = RootProcess.startUnder(
                base,
                Descriptors.takenFrom(),
                RootProcess.command("web", base, leavesAHelper, -1, QUICK),
                RootProcess.command("db", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithoutDescriptorsTest::isReady);
            RootSnapshot.ChildInfo db = root.await("db", RootWithoutDescriptorsTest::isReady);

            Descriptors.leave(root.process.pid(), free);
            ProcessHandle.of(web.pid()).orElseThrow().destroyForcibly();
            if (free < 3) {
                root.awaitEvent(EventType.SPAWN_FAILED, "EMFILE");
            } else {
                root.await("web", child -> child.incarnation() > web.incarnation());
            }
            Descriptors.giveBack(root.process.pid());

            RootSnapshot.ChildInfo after =
                    root.await("web", child -> isReady(child) && child.incarnation() > web.incarnation());
            assertTrue(after.startTicks() > 0, after.toString());
            assertEquals(db, root.await("db", RootWithoutDescriptorsTest::isReady));
            assertEquals("ok\n", root.request("coppice/1 ping"));
            root.awaitSnapshot("no child of the root is a zombie", snapshot -> zombiesOf(root.process.pid()) == 0);
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    /** In a sandbox it has to look at him first. */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "SANDBOX"})
    void shouldStillAnswerAndObeyAnOperator(Isolation isolation) throws Exception {
        try (RootProcess root = RootProcess.startUnder(
                base, Descriptors.takenFrom(), isolation, RootProcess.command("web", base, FOREVER))) {
            root.await("web", RootWithoutDescriptorsTest::isReady);
            Descriptors.leave(root.process.pid(), 0);

            for (int i = 0; i < 3; i++) {
                assertEquals("ok\n", root.request("coppice/1 ping"));
            }
            assertTrue(root.request("coppice/1 stop web").startsWith("ok"));
            root.await("web", child -> child.state() == ChildStateCode.STOPPED);
            root.awaitEvent(EventType.NOTE, "no descriptor left");
            assertEquals("ok\n", root.request("coppice/1 shutdown"));
            assertEquals(0, root.awaitExit(), root.stderr());
        }
    }

    static long zombiesOf(long pid) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(each -> each.getFileName().toString().matches("[0-9]+"))
                    .filter(each -> isZombieOf(each, pid))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isZombieOf(Path process, long parent) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z " + parent + " ");
        } catch (IOException e) {
            return false; // it has ended meanwhile
        }
    }
}
