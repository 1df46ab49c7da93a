package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.Dependency;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real root over real plain commands; daemons of ours are tested from the ops module. */
class RootTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    @Test
    void shouldRestartAKilledCommandAndTellHowItDied() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo first = root.await("web", RootTest::isReady);
            ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();

            RootSnapshot.ChildInfo second =
                    root.await("web", child -> isReady(child) && child.incarnation() > first.incarnation());

            assertEquals(first.incarnation() + 1, second.incarnation());
            assertEquals(1, second.restarts());
            assertEquals(ExitKind.SIGNAL, second.lastExit().orElseThrow().kind());
            assertEquals(
                    SignalNumbers.of("KILL"), second.lastExit().orElseThrow().signal());
            assertFalse(RootProcess.isAlive(first.pid()));
            assertEquals(0, root.stop(), root.stderr());
            assertFalse(RootProcess.isAlive(second.pid()));
        }
    }

    @Test
    void shouldEndWhatIsLeftOfTheProcessGroupBeforeTheSuccessorStarts() throws Exception {
        String leavesAGrandchild = "sleep 1000 & echo $! >grandchild.new && mv grandchild.new grandchild.$$; wait";
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, leavesAGrandchild))) {
            RootSnapshot.ChildInfo first = root.await("web", RootTest::isReady);
            Path file = base.resolve("grandchild." + first.pid());
            root.awaitSnapshot("the grandchild", snapshot -> Files.exists(file));
            long grandchild = Long.parseLong(Files.readString(file).strip());
            assertTrue(RootProcess.isAlive(grandchild));

            ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
            root.await("web", child -> isReady(child) && child.incarnation() > first.incarnation());

            assertFalse(RootProcess.isAlive(grandchild));
        }
    }

    @Test
    void shouldGiveUpACommandThatDiesAtOnceAndKeepTheOthers() throws Exception {
        Backoff quick = new Backoff(1, 2, 4, 60_000, 0);
        try (RootProcess root = RootProcess.start(
                base,
                RootProcess.command("broken", base, "exit 7", 3, quick),
                RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo broken = root.await("broken", child -> child.state() == ChildStateCode.FAILED);

            assertEquals(4, broken.incarnation());
            assertEquals(7, broken.lastExit().orElseThrow().code());
            assertTrue(isReady(root.await("web", RootTest::isReady)));
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    @Test
    void shouldEndByItselfOnceEverythingIsCompleted() throws Exception {
        try (RootProcess root = RootProcess.start(
                base,
                RootProcess.command("one", base, "echo one >>order"),
                RootProcess.command(
                        "two", base, "echo two >>order", new Dependency("one", Dependency.Condition.COMPLETED)))) {
            assertEquals(0, root.awaitExit(), root.stderr());
            assertEquals(List.of("one", "two"), Files.readAllLines(base.resolve("order")));
        }
    }

    @Test
    void shouldStopInReverseDependencyOrder() throws Exception {
        // A command is ready as soon as it is let go; that its shell has got as far as the trap, only its file tells.
        String tells = "trap 'echo %1$s >>order; exit 0' TERM; echo up >%1$s.up; while :; do sleep 0.05; done";
        try (RootProcess root = RootProcess.start(
                base,
                RootProcess.command("db", base, tells.formatted("db")),
                RootProcess.command(
                        "web", base, tells.formatted("web"), new Dependency("db", Dependency.Condition.READY)))) {
            root.await("web", RootTest::isReady);
            for (String name : List.of("db", "web")) {
                root.awaitSnapshot("the trap of " + name, snapshot -> RootProcess.hasLine(base.resolve(name + ".up")));
            }
            assertEquals(0, root.stop(), root.stderr());
            assertEquals(List.of("web", "db"), Files.readAllLines(base.resolve("order")));
        }
    }

    @Test
    void shouldKeepAnOperatorsStopAndStartAgainWhenAsked() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo first = root.await("web", RootTest::isReady);

            assertEquals("ok 1\n", root.request("coppice/1 stop web"));
            RootSnapshot.ChildInfo stopped = root.await("web", child -> child.state() == ChildStateCode.STOPPED);
            assertEquals(WantedCode.DOWN, stopped.wanted());
            assertFalse(RootProcess.isAlive(first.pid()));

            assertTrue(root.request("coppice/1 start web").startsWith("ok"));
            RootSnapshot.ChildInfo second = root.await("web", RootTest::isReady);
            assertEquals(2, second.incarnation());
            assertEquals(0, second.restarts());

            assertEquals("ok 2\n", root.request("coppice/1 restart web"));
            root.await("web", child -> isReady(child) && child.incarnation() == 3);
            assertEquals("ok 3\n", root.request("coppice/1 kill web USR1"));
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    @Test
    void shouldAnswerWrongRequestsAndOutliveRudeClients() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            root.await("web", RootTest::isReady);
            assertEquals("error 3 no daemon is named `wbe`; there are: web\n", root.request("coppice/1 stop wbe"));
            assertTrue(root.request("coppice/1 kill web NOSUCH").startsWith("error 2 "));
            assertTrue(root.request("coppice/1 dance").startsWith("error 2 "));
            assertTrue(root.request("coppice/2 ping").startsWith("error 2 "));
            assertTrue(root.request("x".repeat(600)).startsWith("error 2 "));
            List<SocketChannel> silent = new ArrayList<>();
            for (int i = 0; i < 2 * ControlServer.MAX_CLIENTS; i++) {
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
                client.connect(UnixDomainSocketAddress.of(root.directory.resolve("control.sock")));
                client.write(ByteBuffer.wrap(new byte[] {'c', 'o'}));
                silent.add(client);
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
            for (SocketChannel client : silent) {
                client.close();
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
        }
    }

    @Test
    void shouldRefuseASecondRootAndLeaveTheFirstAlone() throws Exception {
        try (RootProcess first = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = first.await("web", RootTest::isReady);
            try (RootProcess second = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
                assertEquals(1, second.awaitExit());
                assertTrue(second.stderr().contains("already run by pid " + first.process.pid()), second.stderr());
            }
            assertTrue(RootProcess.isAlive(web.pid()));
            assertEquals(1, first.await("web", RootTest::isReady).incarnation());
            assertEquals("ok\n", first.request("coppice/1 ping"));
        }
    }

    @Test
    void shouldWriteEachChildsOutputToAFileOfItsOwn() throws IOException, InterruptedException {
        try (RootProcess root = RootProcess.start(
                base, RootProcess.command("says", base, "echo out; echo err >&2; echo \"[$PWD]\"; exit 0"))) {
            assertEquals(0, root.awaitExit(), root.stderr());
            assertEquals(
                    List.of("out", "err", "[" + base.toRealPath() + "]"),
                    Files.readAllLines(root.directory.resolve("logs/says.log")));
        }
    }
}
