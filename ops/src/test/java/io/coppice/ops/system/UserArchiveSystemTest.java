package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: workers that are users of their own start from archives, each from its own, which no worker has had a hand in and none can change. Method: real
 * roots of user 0, with little patience before they start an archiver; what a worker may do is tried as its user. Skipped where the tests do not run
 * as root.
 */
class UserArchiveSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice().sharingNoClasses();

    private final Archives archives = new Archives(coppice);
    private List<String> impatient = List.of();
    private Path told = Path.of("/");

    @BeforeEach
    void openTheWay() throws Exception {
        impatient = OtherUsers.letWithJar(coppice, Archives.IMPATIENT);
        told = Files.createDirectory(coppice.directory.resolve("told"));
        OtherUsers.mode(told, "rwxrwxrwx");
    }

    @Test
    void shouldStartEachFromAnArchiveOfItsOwnThatNoWorkerCanChange() throws Exception {
        coppice.manifest("instance: shop\n" + OtherUsers.ISOLATION + """
                defaults: {classpath: [daemons.jar], jvm: {heap: 16MiB}, reads: [], max_restarts: unlimited}
                daemons: {one: {main: io.coppice.ops.system.daemons.Ticker}, two: {main: io.coppice.ops.system.daemons.Ticker}}
                """);
        assertTrue(coppice.run("check", "coppice.yaml").out().contains("made as a user whom none of its processes is"));
        Coppice.Root root = coppice.startRootIn(impatient);
        coppice.awaitRoot(root);
        archives.await(2);
        Path archive = archives.afterKill("one");
        Path other = archives.afterKill("two");
        long pid = coppice.awaitState("one", "ready").number("pid");

        assertNotEquals(archive, other);
        assertEquals(0, OtherUsers.uidOf(archive));
        assertEquals(OtherUsers.gidOf(coppice.home().resolve("shop/one.seg")), OtherUsers.gidOf(archive));
        assertEquals("r--r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)));
        assertTrue(OtherUsers.canRead(pid, archive));
        assertFalse(OtherUsers.canRead(pid, other), "an archive of another worker");
        List<String> attempts = List.of(
                "echo >>" + archive,
                "chmod u+w " + archive,
                "touch " + archive,
                "rm -f " + archive,
                "cp " + archive + " " + told + "/mine && mv -f " + told + "/mine " + archive,
                "ln -sf /dev/null " + archive,
                "echo >" + archives.directory() + "/new",
                "ls " + archives.directory(),
                "flock -s -n " + archives.directory() + "/lock true");
        for (String attempt : attempts) {
            assertFalse(OtherUsers.can(pid, "sh", "-c", attempt), attempt);
        }
        assertEquals(archive, archives.afterKill("one"));
        String events = coppice.ask("events").out();
        assertFalse(events.contains("archive"), events);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldMakeAnArchiveAsSomebodyElseAndLeaveNothingOfThat() throws Exception {
        coppice.manifest(OtherUsers.ISOLATION + """
                daemons:
                  bad: {main: io.coppice.ops.system.daemons.Trainee, classpath: [daemons.jar], jvm: {heap: 16MiB}, environment: {TOLD: "%s"}, max_restarts: unlimited}
                """.formatted(told));
        Coppice.Root root = coppice.startRootIn(impatient);
        coppice.awaitRoot(root);
        int daemon = OtherUsers.uidOf(coppice.awaitState("bad", "ready").number("pid"));
        archives.await(1);

        int maker = Integer.parseInt(Files.readString(told.resolve("user")));
        assertTrue(OtherUsers.isOne(maker), "user " + maker);
        assertNotEquals(daemon, maker);
        assertFalse(Coppice.isAlive(Long.parseLong(Files.readString(told.resolve("left")))));
        assertTrue(Files.isDirectory(told, LinkOption.NOFOLLOW_LINKS));
        archives.afterKill("bad");
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldStartTheProcessesOfSlotsFromOneThatTheirDaemonHasNoHandIn() throws Exception {
        OtherUsers.mode(coppice.directory, "rwxrwxrwx");
        Submitter work = new Submitter(coppice);
        work.manifest("slots: 1");
        Path manifest = coppice.directory.resolve("coppice.yaml");
        Files.writeString(
                manifest,
                OtherUsers.ISOLATION
                        + Files.readString(manifest).replace(DaemonJar.path().toString(), "daemons.jar"));
        Coppice.Root root = coppice.startRootIn(impatient);
        coppice.awaitRoot(root);
        long daemon = work.awaitReady().number("pid");
        work.order("1 submit plain");
        assertTrue(work.outcome(1).startsWith("ready: from 0 in attempt 1 "), work.outcome(1));
        archives.await(2);

        work.order("2 submit gate");
        Path archive = Archives.of(work.pidOf(2));
        assertFalse(OtherUsers.can(daemon, "sh", "-c", "echo >>" + archive));
        assertFalse(OtherUsers.can(work.pidOf(2), "sh", "-c", "echo >>" + archive));
        work.touch("gate.2");
        assertTrue(work.outcome(2).startsWith("ready: from 0 in attempt 1 "), work.outcome(2));
        assertEquals(0, root.stop(), root.stderr());
    }
}
