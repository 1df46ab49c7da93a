package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.InstanceDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlClientTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private InstanceDirectory instance;

    @BeforeEach
    void makeInstance() throws IOException {
        harness = new CommandHarness(directory);
        instance = harness.instanceWithRoot("shop", 50, true);
    }

    @Test
    void shouldSendOneLineAndReadOneLine() throws Exception {
        try (FakeRoot root = new FakeRoot(instance.controlSocket(), request -> "ok 3\n")) {
            assertEquals(
                    new ControlReply.Done(3), client(Duration.ofSeconds(60)).ask("kill a KILL"));
            assertEquals("coppice/1 kill a KILL", root.requests().get(0));
        }
    }

    @Test
    void shouldGiveUpOnARootThatNeverAnswers() throws Exception {
        try (FakeRoot root = new FakeRoot(instance.controlSocket(), request -> FakeRoot.SILENCE)) {
            CommandFailedException e = assertThrows(
                    CommandFailedException.class,
                    () -> client(Duration.ofMillis(20)).ask("ping"));

            assertEquals(ExitCode.FAILED, e.exitCode());
            assertTrue(e.getMessage().contains("did not answer within 20 ms"), e.getMessage());
            assertTrue(root.requests().size() <= 1, "asked again");
        }
    }

    @Test
    void shouldTellAnAnswerThatBrokeOff() throws Exception {
        try (FakeRoot root = new FakeRoot(instance.controlSocket(), request -> "ok")) {
            assertFailure("its answer broke off: `ok`");
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldTellAConnectionClosedWithoutAnAnswer() throws Exception {
        try (FakeRoot root = new FakeRoot(instance.controlSocket(), request -> "")) {
            assertFailure("it closed the connection without an answer");
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldSurviveAnAnswerThatNeverEnds() throws Exception {
        try (FakeRoot root = new FakeRoot(instance.controlSocket(), request -> "x".repeat(100_000))) {
            assertFailure("its answer broke off: `xxxx");
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldReadWhatARootSaidThatHungUpUnasked() throws Exception {
        try (ServerSocketChannel root = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            root.bind(UnixDomainSocketAddress.of(instance.controlSocket()));
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(instance.controlSocket()))) {
                try (SocketChannel hangsUp = root.accept()) {
                    hangsUp.write(bytes("error 4 hidden\n"));
                }
                assertEquals(
                        new ControlReply.Refused(4, "hidden"),
                        ControlClient.converse(client, bytes("coppice/1 ping\n")));
            }
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(instance.controlSocket()))) {
                root.accept().close();
                IOException silent = assertThrows(
                        IOException.class, () -> ControlClient.converse(client, bytes("coppice/1 ping\n")));
                assertTrue(silent.getMessage().contains("Broken pipe"), silent.getMessage());
            }
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldSayThatARootMayBeStartingWhenNobodyListens() throws Exception {
        assertFailure(Duration.ofMillis(20), "Nobody listened there for 20 ms; the root may be starting or ending");
        new FakeRoot(instance.controlSocket(), request -> "ok\n").close();
        assertTrue(Files.exists(instance.controlSocket()));
        assertFailure(Duration.ofMillis(20), "the root may be starting or ending");
    }

    /** It has locked and recorded itself before it listens, and makes its socket anew if that was removed. */
    @Test
    void shouldWaitForARootThatDoesNotListenYet() throws Exception {
        List<FakeRoot> roots = new ArrayList<>();
        ControlReply reply = client(Duration.ofDays(1), () -> listen(roots)).ask("ping");

        assertEquals(new ControlReply.Done(3), reply);
        assertEquals(1, roots.size());
        roots.get(0).close();
    }

    @Test
    void shouldWaitNoLongerForARootThatHasEnded() {
        CommandFailedException e = assertThrows(
                CommandFailedException.class,
                () -> client(Duration.ofDays(1), () -> harness.proc.end(50)).ask("ping"));
        assertTrue(e.getMessage().contains("The root of shop is not running (pid 50 is gone)"), e.getMessage());
    }

    private void listen(List<FakeRoot> roots) throws IOException {
        roots.add(new FakeRoot(instance.controlSocket(), request -> "ok 3\n"));
    }

    @Test
    void shouldSayThatTheRootIsDeadAndHowToGoOn() {
        harness.proc.end(50);

        assertFailure("The root of shop is not running (pid 50 is gone)");
        assertFailure("`coppice run` starts it again");
    }

    private void assertFailure(String part) {
        assertFailure(Duration.ofSeconds(60), part);
    }

    private void assertFailure(Duration timeout, String part) {
        CommandFailedException e =
                assertThrows(CommandFailedException.class, () -> client(timeout).ask("ping"));
        assertEquals(ExitCode.FAILED, e.exitCode());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    private ControlClient client(Duration timeout) {
        return new ControlClient(instance, harness.proc.files(), timeout);
    }

    private ControlClient client(Duration timeout, ControlClient.Pause pause) {
        return new ControlClient(instance, harness.proc.files(), timeout, pause);
    }
}
