package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: who is not the root's user sees and changes what the manifest lets him, is told what he may not and why, and is named by what he changed.
 * Method: a real root of user 0, and commands as users of no account, by {@code setpriv}. Skipped where the tests do not run as root.
 */
class ControlAccessSystemTest {
    private static final List<String> ALICE = as(64_811, 64_801);
    private static final List<String> BOB = as(64_812, 64_801);
    private static final List<String> STRANGER = as(64_813, 64_813);

    private static final String DAEMONS = """
            daemons:
              web: {command: [sleep, "1000"], backoff: none}
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private static List<String> as(long uid, long group) {
        return List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--groups=" + group);
    }

    @BeforeEach
    void openTheWay() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root can be other users");
        Files.setPosixFilePermissions(coppice.home().getParent(), PosixFilePermissions.fromString("rwx--x--x"));
        assumeTrue(
                coppice.runIn(STRANGER, "--version").exitCode() == 0,
                "needs setpriv, of util-linux, and a build that other users may read");
    }

    private Coppice.Result run(List<String> as, String... arguments) throws Exception {
        return coppice.runIn(as, arguments);
    }

    private static void assertRefused(Coppice.Result result, String reason) {
        assertEquals(4, result.exitCode(), result.err());
        assertTrue(result.err().contains(reason), result.err());
    }

    @Test
    void shouldLetOthersDoWhatTheManifestSaysAndNoMore() throws Exception {
        coppice.manifest("instance: shop\ncontrol: {group: 64801, change: [64811]}\n" + DAEMONS);
        Coppice.Root first = coppice.startRoot();
        coppice.awaitState("web", "ready");

        Coppice.Result status = run(BOB, "status");
        assertEquals(0, status.exitCode(), status.err());
        assertTrue(status.out().contains("root runs as pid " + first.process.pid()), status.out());
        assertTrue(status.out().contains(", isolation: mapping only\n"), status.out());
        assertTrue(status.err().contains("are closed to this user"), status.err());
        assertTrue(run(BOB, "ps").out().contains("web: sleep 1000"));
        assertTrue(run(BOB, "events").out().contains("root-started"));
        assertRefused(run(BOB, "stop", "web"), "user id 64812 may look here and change nothing");
        assertRefused(run(BOB, "logs", "web"), "Not permitted: the logs of shop are for user id 0 and root only");
        assertRefused(run(BOB, "reload"), "Not permitted: the plans of shop");
        assertRefused(run(STRANGER, "status"), "is closed to user id 64813");

        Coppice.Result restart = run(ALICE, "restart", "web");
        assertEquals(0, restart.exitCode(), restart.err());
        String event =
                coppice.ask("events", "--json", "--type", "restart-requested").out();
        assertTrue(event.contains("\"by\":{\"uid\":64811,\"pid\":"), event);
        String refused = coppice.ask("events", "--type", "not-permitted").out();
        assertTrue(refused.contains("by user 64812 (pid ") && refused.contains("`stop` was asked for"), refused);
        assertEquals(0, first.stop(), first.stderr());

        // The directory of a root that is gone is as that left it, and no obstacle.
        Coppice.Result gone = run(BOB, "status");
        assertEquals(0, gone.exitCode(), gone.err());
        Coppice.Root second = coppice.startRoot();
        coppice.awaitRoot(second);
        coppice.awaitState("web", "ready");
        assertEquals(0, run(BOB, "status").exitCode());

        coppice.manifest("instance: shop\n" + DAEMONS);
        assertEquals(0, coppice.run("reload").exitCode());
        Coppice.await("the instance is closed", () -> isClosed());
        assertRefused(run(BOB, "status"), "is closed to user id 64812");
        assertRefused(run(ALICE, "stop", "web"), "is closed to user id 64811");
        assertEquals("ready", coppice.daemon("web").state());
        assertEquals(0, second.stop(), second.stderr());
    }

    /** The root's segment is open to two groups then: of those who may ask, and of workers. */
    @Test
    void shouldLetOthersLookWhereWorkersAreUsersOfTheirOwn() throws Exception {
        Submitter work = new Submitter(coppice);
        List<String> inOwnState = OtherUsers.letWithJar(coppice);
        OtherUsers.mode(coppice.directory, "rwxrwxrwx");
        work.manifest("slots: 1");
        Path manifest = coppice.directory.resolve("coppice.yaml");
        Files.writeString(
                manifest,
                OtherUsers.ISOLATION + "control: {group: 64801, change: [64811]}\n"
                        + Files.readString(manifest).replace(DaemonJar.path().toString(), "daemons.jar"));
        Coppice.Root root = coppice.startRootIn(inOwnState);
        coppice.awaitRoot(root);
        work.awaitReady();

        Coppice.Result status = run(BOB, "status");
        assertEquals(0, status.exitCode(), status.err());
        assertTrue(status.out().contains("root runs as pid " + root.process.pid()), status.out());
        assertTrue(status.out().contains(", isolation: user\n"), status.out());
        assertRefused(run(BOB, "stop", Submitter.NAME), "user id 64812 may look here and change nothing");
        assertRefused(run(STRANGER, "status"), "is closed to user id 64813");
        work.order("1 submit plain");
        assertTrue(work.outcome(1).startsWith("ready: "), work.outcome(1));
        assertEquals(0, run(ALICE, "restart", Submitter.NAME).exitCode());
        assertEquals(0, root.stop(), root.stderr());
    }

    private boolean isClosed() {
        try {
            return PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(coppice.home().resolve("shop/control.sock")))
                    .equals("rw-------");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
