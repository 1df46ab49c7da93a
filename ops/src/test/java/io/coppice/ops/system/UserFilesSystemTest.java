package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a worker's files are its user's, whoever has made them and whatever the manifest said before, so that it goes on with what it had. Method: real roots of
 * user 0, commands of theirs, and manifests that change between them. Skipped where the tests do not run as root.
 */
class UserFilesSystemTest {
    private static final String POISONABLE = """
            daemons:
              poisonable:
                main: io.coppice.ops.system.daemons.Poisonable
                classpath: [daemons.jar]
                jvm: {heap: 16MiB}
                checkpoints: 1
                poison: {crashes: 2, then: [checkpoint]}
                backoff: none
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private List<String> inOwnState = List.of();

    @BeforeEach
    void openTheWay() throws Exception {
        inOwnState = OtherUsers.letWithJar(coppice);
    }

    private Coppice.Root start(String manifest, String... arguments) throws Exception {
        coppice.manifest("instance: shop\n" + manifest);
        Coppice.Root root = coppice.startRootIn(inOwnState, arguments);
        coppice.awaitRoot(root);
        return root;
    }

    private Path file(String name) {
        return coppice.home().resolve("shop").resolve(name);
    }

    /** All that belongs to a worker, and its user. */
    private void assertOwned(String name, int user) throws Exception {
        try (Stream<Path> kept = Files.list(file(name + ".own"))) {
            List<Path> all = Stream.concat(
                            kept, Stream.of(".seg", ".lock", ".own").map(ending -> file(name + ending)))
                    .toList();
            for (Path each : all) {
                assertEquals(user, OtherUsers.uidOf(each), each::toString);
            }
        }
    }

    /** Steps back twice: once by itself, and once more from what a command, run by root, had put aside meanwhile. */
    @Test
    void shouldStepBackFromWhatWasRestoredByRoot() throws Exception {
        Coppice.Root root = start(OtherUsers.ISOLATION + POISONABLE);
        int user = OtherUsers.uidOf(
                coppice.await("poisonable", d -> d.number("incarnation") == 4 && d.number("commits") > 10)
                        .number("pid"));
        assertEquals(0, coppice.run("stop", "poisonable").exitCode());
        String list = coppice.ask("state", "poisonable", "--abandoned").out();
        String id = list.substring(0, list.indexOf(':'));

        assertEquals(0, coppice.run("restore", "poisonable", id, "--yes").exitCode());
        assertOwned("poisonable", user);

        assertEquals(0, coppice.run("start", "poisonable").exitCode());
        coppice.awaitLog("poisonable", text -> text.contains("incarnation 7 at 3\n"));
        coppice.await("poisonable", d -> d.state().equals("ready") && d.number("incarnation") == 7);
        assertOwned("poisonable", user);
        assertEquals(0, root.stop(), root.stderr());

        Coppice.Root fresh = start(OtherUsers.ISOLATION + POISONABLE, "--fresh");
        coppice.awaitLog("poisonable", text -> text.contains("incarnation 8 at 0\n"));
        assertOwned("poisonable", user);
        assertEquals(0, fresh.stop(), fresh.stderr());
    }

    /** What was set aside by one user is read by the next, who steps back in turn. */
    @Test
    void shouldGoOnWithItsContentsInEachMode() throws Exception {
        Coppice.Root first = start(POISONABLE);
        coppice.await("poisonable", d -> d.number("incarnation") == 4 && d.number("commits") > 10);
        assertOwned("poisonable", 0);
        assertEquals(0, first.stop(), first.stderr());

        Coppice.Root second = start(OtherUsers.ISOLATION + POISONABLE);
        int user = OtherUsers.uidOf(coppice.awaitState("poisonable", "ready").number("pid"));
        assertNotEquals(0, user);
        assertOwned("poisonable", user);
        String log = coppice.log("poisonable");
        assertTrue(log.contains("incarnation 5 at ") && !log.contains("incarnation 5 at 0\n"), log);
        assertEquals(0, second.stop(), second.stderr());

        Coppice.Root third = start(POISONABLE);
        assertEquals(
                0, OtherUsers.uidOf(coppice.awaitState("poisonable", "ready").number("pid")));
        assertOwned("poisonable", 0);
        assertEquals(0, third.stop(), third.stderr());

        Coppice.Root fourth = start(OtherUsers.ISOLATION + POISONABLE);
        assertEquals(
                user, OtherUsers.uidOf(coppice.awaitState("poisonable", "ready").number("pid")));
        assertOwned("poisonable", user);
        assertEquals(0, fourth.stop(), fourth.stderr());
    }

    @Test
    void shouldKnowADaemonAgainThatWasGone() throws Exception {
        String keys = ": {main: io.coppice.ops.system.daemons.Ticker, classpath: [daemons.jar], jvm: {heap: 16MiB}}\n";
        String one = "daemons:\n  one" + keys;
        Coppice.Root root = start(OtherUsers.ISOLATION + one + "  two" + keys);
        int first = OtherUsers.uidOf(coppice.awaitState("one", "ready").number("pid"));
        int second = OtherUsers.uidOf(coppice.awaitState("two", "ready").number("pid"));

        coppice.manifest("instance: shop\n" + OtherUsers.ISOLATION + one + "  three" + keys);
        assertEquals(0, coppice.run("reload").exitCode());
        int third = OtherUsers.uidOf(coppice.awaitState("three", "ready").number("pid"));
        assertEquals(3, Stream.of(first, second, third).distinct().count());
        assertOwned("two", second);

        coppice.manifest("instance: shop\n" + OtherUsers.ISOLATION + "daemons:\n  two" + keys + "  one" + keys);
        assertEquals(0, coppice.run("reload").exitCode());
        assertEquals(second, OtherUsers.uidOf(coppice.awaitState("two", "ready").number("pid")));
        assertEquals(first, OtherUsers.uidOf(coppice.awaitState("one", "ready").number("pid")));
        for (String name : List.of("one", "two", "three")) {
            assertOwned(name, name.equals("one") ? first : name.equals("two") ? second : third);
        }
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(0, coppice.run("purge", "--yes").exitCode());
        assertTrue(Files.notExists(file("one.seg")));
    }
}
