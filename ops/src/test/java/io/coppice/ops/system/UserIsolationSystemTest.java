package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.SegmentException;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootView;
import io.coppice.state.root.StandbyPhase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: where each worker is a user of its own, everything is as without. Method: real roots of user 0. Skipped where the tests do not run as root. What the
 * kernel keeps from whom: {@link HostileWorkerSystemTest}.
 */
class UserIsolationSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private List<String> inOwnState = List.of();

    @BeforeEach
    void openTheWay() throws Exception {
        inOwnState = OtherUsers.letWithJar(coppice);
    }

    @Test
    void shouldRunEachProcessAsAUserOfItsOwnThroughEveryDeath() throws Exception {
        Files.setPosixFilePermissions(coppice.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Submitter work = new Submitter(coppice);
        work.manifest("slots: 2, standby: 1, retries: 5, timeout: 300s", "standby: 1");
        Path manifest = coppice.directory.resolve("coppice.yaml");
        Files.writeString(
                manifest,
                OtherUsers.ISOLATION
                        + Files.readString(manifest).replace(DaemonJar.path().toString(), "daemons.jar"));
        Coppice.Root first = coppice.startRootIn(inOwnState);
        coppice.awaitRoot(first);
        long daemon = work.awaitReady().number("pid");
        assertTrue(coppice.run("status").out().contains("isolation: user"));
        int user = OtherUsers.uidOf(daemon);
        assertTrue(OtherUsers.isOne(user), "user " + user);

        work.order("1 submit gate");
        work.order("2 submit gate");
        long one = work.pidOf(1);
        long two = work.pidOf(2);
        assertEquals(
                3,
                List.of(user, OtherUsers.uidOf(one), OtherUsers.uidOf(two)).stream()
                        .distinct()
                        .count());
        assertFalse(
                OtherUsers.canRead(two, coppice.home().resolve("shop/work@1.seg")), "a slot reads another's segment");

        // What one user made in a folder of everybody's, the next may not write to; this task writes the same file
        // again.
        work.delete("begun.1");
        Coppice.kill(one);
        assertNotEquals(one, work.pidOf(1));
        Coppice.kill(daemon);
        Coppice.Daemon second =
                coppice.await(Submitter.NAME, row -> row.state().equals("ready") && row.number("incarnation") == 2);
        assertEquals(user, OtherUsers.uidOf(second.number("pid")));
        first.process.destroyForcibly();
        first.awaitExit();
        Coppice.Root next = coppice.startRootIn(inOwnState);
        coppice.awaitRoot(next);
        assertEquals(second.number("pid"), work.awaitReady().number("pid"));
        // Its user is taken, also for a root that did not choose it.
        work.order("3 submit plain");
        work.touch("gate.1");
        for (int number : List.of(1, 3)) {
            assertTrue(work.outcome(number).startsWith("ready: "), work.outcome(number));
        }
        assertNotEquals(0, OtherUsers.uidOf(two));
        work.touch("gate.2");
        assertTrue(work.outcome(2).startsWith("ready: "), work.outcome(2));
        work.assertEachOnce(3);
        assertEquals(0, next.stop(), next.stderr());
    }

    /** It may have the slot's segment open, and the next one may have its user. */
    @ParameterizedTest
    @ValueSource(strings = {"slots: 1", "slots: 1, standby: 1"})
    void shouldLeaveNothingOfATransactionBesideTheNextOneOfItsSlotOrUser(String transactions) throws Exception {
        Files.setPosixFilePermissions(coppice.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Submitter work = new Submitter(coppice);
        work.manifest(transactions + ", timeout: 300s");
        Path manifest = coppice.directory.resolve("coppice.yaml");
        Files.writeString(
                manifest,
                OtherUsers.ISOLATION
                        + Files.readString(manifest).replace(DaemonJar.path().toString(), "daemons.jar"));
        Coppice.Root root = coppice.startRootIn(inOwnState);
        coppice.awaitRoot(root);
        work.awaitReady();
        work.order("1 submit leaves\n2 submit gate");
        work.awaitFile("left.1");
        Coppice.await("a standby", () -> !transactions.contains("standby") || isOneParked());
        work.touch("gate.1");

        work.awaitFile("begun.2");
        long left = Long.parseLong(
                Files.readString(coppice.directory.resolve("left.1")).strip());
        assertFalse(Coppice.isAlive(left));
        assertTrue(work.outcome(1).startsWith("ready: "), work.outcome(1));
        work.touch("gate.2");
        assertTrue(work.outcome(2).startsWith("ready: "), work.outcome(2));
        assertEquals(0, root.stop(), root.stderr());
    }

    private boolean isOneParked() {
        try (RootView view = RootView.open(coppice.home().resolve("shop/root.seg"))) {
            return view.read() instanceof RootReadResult.Read read
                    && read.snapshot().child("work@1").stream()
                            .flatMap(child -> child.standbys().stream())
                            .anyMatch(standby -> standby.phase() == StandbyPhase.PARKED);
        } catch (SegmentException e) {
            return false; // It is being made.
        }
    }
}
