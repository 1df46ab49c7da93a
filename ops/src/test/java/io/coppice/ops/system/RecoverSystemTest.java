package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: where a root cannot take over safely it refuses before it touches anything, and there is a way out that keeps the data. */
class RecoverSystemTest {
    /** Of a segment's header: after the magic. */
    private static final int LAYOUT_VERSION_OFFSET = 8;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private long ticker;
    private long web;

    private Path rootSegmentOfADeadRoot() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                  web: {command: 'while :; do sleep 1000; done'}
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        ticker = coppice.awaitState("ticker", "ready").number("pid");
        web = coppice.awaitState("web", "ready").number("pid");
        root.process.destroyForcibly();
        assertTrue(root.process.waitFor(60, TimeUnit.SECONDS));
        return coppice.home().resolve("shop").resolve("root.seg");
    }

    /** The next root refuses, names what runs, and leaves it and every file as it was. */
    private void assertRefusedUntouched(String... told) throws Exception {
        Coppice.Root refused = coppice.startRoot();
        assertEquals(1, refused.awaitExit(), refused.stderr());
        for (String words : told) {
            assertTrue(refused.stderr().contains(words), refused.stderr());
        }
        assertTrue(refused.stderr().contains("ticker (pid " + ticker + ")"), refused.stderr());
        assertTrue(refused.stderr().contains("web (pid " + web + ")"), refused.stderr());
        assertTrue(Coppice.isAlive(ticker) && Coppice.isAlive(web), "nothing is touched");
    }

    private long ticks() throws Exception {
        Object state = Json.parse(coppice.ask("state", "ticker", "--json").out());
        return ((Number) Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(state)).get("commits")))
                .longValue();
    }

    private void recoverByForce() throws Exception {
        String plan = coppice.run("recover", "--instance", "shop").out();
        assertTrue(plan.contains("pid " + ticker) && plan.contains("pid " + web), plan);
        assertTrue(Coppice.isAlive(ticker) && Coppice.isAlive(web), "it only tells");

        Coppice.Result forced = coppice.run("recover", "--force", "--instance", "shop");
        assertEquals(0, forced.exitCode(), forced.out() + forced.err());
        assertFalse(Coppice.isAlive(ticker) || Coppice.isAlive(web), forced.out());
        long held = ticks();
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.awaitState("ticker", "ready");
        coppice.awaitState("web", "ready");
        assertTrue(ticks() >= held, "what the daemon held stays");
        assertEquals(2, coppice.daemon("ticker").number("incarnation"), "told by its segment");
        assertEquals(0, next.stop(), next.stderr());
        assertFalse(coppice.log("ticker").contains("torn"), coppice.log("ticker"));
    }

    @Test
    void shouldRefuseADamagedRecordWhileChildrenLive() throws Exception {
        Path record = rootSegmentOfADeadRoot();
        overwrite(record, 40, new byte[] {1, 2, 3});
        assertRefusedUntouched(record.toString(), "coppice recover");
        recoverByForce();
    }

    /** What a build of another release has written: an upgrade that cannot go on from it. */
    @Test
    void shouldRefuseARecordOfAnotherLayoutBeforeAnythingIsTouched() throws Exception {
        Path record = rootSegmentOfADeadRoot();
        overwrite(
                record,
                LAYOUT_VERSION_OFFSET,
                ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(99).array());
        byte[] before = Files.readAllBytes(record);
        assertRefusedUntouched("99", "coppice recover");
        assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(record)), "not a byte of it is changed");
        recoverByForce();
    }

    @Test
    void shouldRefuseToStartBesideChildrenOfWhichThereIsNoRecord() throws Exception {
        Files.delete(rootSegmentOfADeadRoot());
        assertRefusedUntouched("is missing", "coppice recover");
        recoverByForce();
    }

    @Test
    void shouldSayThatThereIsNothingToRecover() throws Exception {
        rootSegmentOfADeadRoot();
        Coppice.Result whole = coppice.run("recover", "--force", "--instance", "shop");
        assertEquals(0, whole.exitCode(), whole.err());
        assertTrue(whole.out().contains("the record of what ran is whole"), whole.out());
        assertTrue(Coppice.isAlive(ticker) && Coppice.isAlive(web), "there is no need for force");
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        assertTrue(coppice.run("recover", "--force").out().contains("nothing to recover"));
        assertEquals(ticker, coppice.daemon("ticker").number("pid"));
        assertEquals(0, next.stop(), next.stderr());
    }

    private static void overwrite(Path file, long offset, byte[] bytes) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }
}
