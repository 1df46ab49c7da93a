package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.root.Asker;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.os.PeerGroups;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real root of user 0 that others may ask: users of no account, by number, that {@code setpriv} makes of a client. Skipped where the tests do not run
 * as root.
 */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootWithOtherUsersTest {
    private static final String FOREVER = "while :; do sleep 1000; done";
    private static final long LOOKERS = 64_801;
    private static final long CHANGERS = 64_802;
    private static final long ALICE = 64_811;
    private static final long BOB = 64_812;
    private static final ControlAccess ACCESS = new ControlAccess(LOOKERS, List.of(ALICE), List.of(CHANGERS));

    @TempDir
    Path base;

    @BeforeEach
    void openTheWay() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root can be other users");
        assumeTrue(
                new ProcessBuilder("setpriv", "--reuid=" + BOB, "--clear-groups", "true")
                                .start()
                                .waitFor()
                        == 0,
                "needs setpriv, of util-linux, and the right to change users");
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
        Path classes = Files.createDirectories(base.resolve("classes/io/coppice/supervisor/root"));
        try (InputStream in = Objects.requireNonNull(LineClient.class.getResourceAsStream("LineClient.class"))) {
            Files.copy(in, classes.resolve("LineClient.class"));
        }
    }

    private RootProcess start(ControlAccess access) throws IOException {
        return RootProcess.start(base, access, RootProcess.command("web", base, FOREVER));
    }

    /** What the root answers to a user of these groups, the first of which is its own. */
    private String ask(RootProcess root, long uid, List<Long> groups, String request) throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + groups.get(0)));
        command.add(
                groups.size() == 1
                        ? "--clear-groups"
                        : "--groups="
                                + groups.subList(1, groups.size()).stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")));
        command.addAll(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                base.resolve("classes").toString(),
                LineClient.class.getName(),
                root.directory.resolve("control.sock").toString(),
                "coppice/1 " + request));
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        client.waitFor();
        return said;
    }

    private static void assertMode(String expected, Path file, long group) throws IOException {
        assertEquals(expected, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file::toString);
        if (group >= 0) {
            assertEquals((int) group, Files.getAttribute(file, "unix:gid"), file::toString);
        }
    }

    private static void assertShared(RootProcess root) throws IOException {
        assertMode("rwx--x---", root.directory, LOOKERS);
        assertMode("rw-r-----", root.directory.resolve("root.seg"), LOOKERS);
        assertMode("rw-rw----", root.directory.resolve("control.sock"), LOOKERS);
        assertMode("rw-------", root.directory.resolve("root.lock"), -1);
        assertMode("rw-------", root.directory.resolve("plan"), -1);
        assertMode("rwx------", root.directory.resolve("logs"), -1);
    }

    private static void assertPrivate(RootProcess root) throws IOException {
        assertMode("rwx------", root.directory, -1);
        assertMode("rw-------", root.directory.resolve("root.seg"), -1);
        assertMode("rw-------", root.directory.resolve("control.sock"), -1);
    }

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    @Test
    void shouldKeepEverybodyElseOutWithoutAGroup() throws Exception {
        try (RootProcess root = start(ControlAccess.OWN_USER)) {
            root.await("web", RootWithOtherUsersTest::isReady);
            assertPrivate(root);
            assertTrue(ask(root, ALICE, List.of(ALICE, LOOKERS), "ping").startsWith("no answer: "));
            assertEquals("ok\n", ask(root, 0, List.of(0L), "ping"));
        }
    }

    @Test
    void shouldLetMembersLookAndThoseChangeWhomThePlanNamesAndRecordWho() throws Exception {
        try (RootProcess root = start(ACCESS)) {
            root.await("web", RootWithOtherUsersTest::isReady);
            assertShared(root);
            assertEquals("ok\n", ask(root, BOB, List.of(BOB, LOOKERS), "ping"));
            assertTrue(ask(root, BOB, List.of(BOB, CHANGERS), "ping").startsWith("no answer: "), "not in the group");
            String refused = ask(root, BOB, List.of(BOB, LOOKERS), "stop web");
            assertTrue(
                    refused.startsWith("error 4 not permitted: user id " + BOB + " may look here and change nothing."),
                    refused);
            Asker bob = root.awaitEvent(EventType.NOT_PERMITTED, "`stop`").by().orElseThrow();
            assertEquals(BOB, bob.uid());

            assertEquals("ok 1\n", ask(root, ALICE, List.of(ALICE, LOOKERS), "stop web"));
            assertEquals(ALICE, by(root, EventType.STOP_REQUESTED).uid());
            assertTrue(ask(root, BOB, List.of(LOOKERS, CHANGERS), "start web").startsWith("ok"));
            Asker starter = by(root, EventType.START_REQUESTED);
            assertEquals(BOB, starter.uid());
            assertTrue(starter.pid() > 1, starter::toString);
            assertEquals("", stopping(root).map(Asker::toString).orElse(""), "what follows names nobody");

            String plan = ask(root, ALICE, List.of(ALICE, LOOKERS), "reload plan-a1.next " + "0".repeat(64));
            assertTrue(
                    plan.startsWith("error 4 not permitted: user id " + ALICE + " may not give this root a plan"),
                    plan);
            assertTrue(ask(root, ALICE, List.of(ALICE, LOOKERS), "probe web 2 failed")
                    .startsWith("error 4 "));
            assertEquals("ok\n", root.request("coppice/1 kill web KILL").replaceAll("ok \\d+", "ok"));
            assertEquals(0, by(root, EventType.KILL_REQUESTED).uid());
            assertEquals("ok\n", ask(root, ALICE, List.of(ALICE, LOOKERS), "shutdown"));
            assertEquals(0, root.awaitExit(), root.stderr());
            assertTrue(root.stderr().contains("stop-requested"), root.stderr());
            assertTrue(root.stderr().contains("(by user " + ALICE + ", pid "), root.stderr());
        }
    }

    private static Asker by(RootProcess root, EventType type) throws Exception {
        return root.awaitEvent(type, "").by().orElseThrow();
    }

    private static java.util.Optional<Asker> stopping(RootProcess root) throws Exception {
        return root.awaitEvent(EventType.STOPPING, "").by();
    }

    @Test
    void shouldCountNoneOfMoreGroupsThanThereIsRoomFor() throws Exception {
        List<Long> many = new ArrayList<>(List.of(BOB));
        LongStream.rangeClosed(0, PeerGroups.MAX_GROUPS).map(i -> 70_000 + i).forEach(many::add);
        many.set(1, LOOKERS);
        try (RootProcess root = start(ACCESS)) {
            root.await("web", RootWithOtherUsersTest::isReady);
            String refused = ask(root, BOB, many, "ping");
            assertTrue(refused.startsWith("error 4 not permitted: user id " + BOB), refused);
            assertTrue(refused.contains("is in more than " + PeerGroups.MAX_GROUPS), refused);
            assertTrue(ask(root, ALICE, many, "stop web").startsWith("ok"), "named by its user");
            many.remove(many.size() - 1);
            assertEquals("ok\n", ask(root, BOB, many, "ping"), "exactly as many as there is room for");
        }
    }

    @Test
    void shouldMakeWhatIsRemovedAgainForTheGroup() throws Exception {
        try (RootProcess root = start(ACCESS)) {
            root.await("web", RootWithOtherUsersTest::isReady);
            for (String file : List.of("control.sock", "root.seg")) {
                Files.delete(root.directory.resolve(file));
                root.awaitCondition(file + " is there again, and shared", () -> {
                    try {
                        return Files.exists(root.directory.resolve(file))
                                && Files.getAttribute(root.directory.resolve(file), "unix:gid")
                                        .equals((int) LOOKERS);
                    } catch (IOException e) {
                        return false;
                    }
                });
            }
            root.awaitEvent(EventType.FILE_LOST, "root.seg");
            assertShared(root);
            assertEquals("ok\n", ask(root, BOB, List.of(LOOKERS), "ping"));
        }
    }

    @Test
    void shouldChangeWhoMayAskByAReload() throws Exception {
        try (RootProcess root = start(ControlAccess.OWN_USER)) {
            root.await("web", RootWithOtherUsersTest::isReady);
            reload(root, ACCESS);
            root.awaitEvent(EventType.RELOADED, "");
            assertEquals(0, by(root, EventType.RELOADED).uid());
            root.awaitCondition("the socket is shared", () -> isShared(root));
            assertShared(root);
            assertEquals("ok\n", ask(root, BOB, List.of(LOOKERS), "ping"));
            reload(root, ControlAccess.OWN_USER);
            root.awaitCondition("the socket is private", () -> !isShared(root));
            assertPrivate(root);
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertFalse(RootProcess.events(root.awaitSnapshot("any", any -> true), EventType.RELOAD_FAILED, "")
                    .findAny()
                    .isPresent());
        }
    }

    private static boolean isShared(RootProcess root) {
        try {
            return Files.getPosixFilePermissions(root.directory.resolve("control.sock"))
                    .contains(java.nio.file.attribute.PosixFilePermission.GROUP_WRITE);
        } catch (IOException e) {
            return false;
        }
    }

    private static void reload(RootProcess root, ControlAccess access) throws Exception {
        Plan present = PlanText.read(Files.readString(root.directory.resolve("plan")));
        Files.writeString(root.directory.resolve("plan-a1.next"), PlanText.write(present.withAccess(access)));
        assertEquals("ok\n", root.request("coppice/1 reload plan-a1.next " + PlanText.fingerprint(present)));
    }
}
