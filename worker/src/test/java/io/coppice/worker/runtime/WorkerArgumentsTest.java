package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Checksum;
import io.coppice.state.Fence;
import io.coppice.state.SegmentSize;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerArgumentsTest {
    private static final String GOOD = "--instance shop --name ingest --segment /s/ingest.seg --lock /s/ingest.lock"
            + " --main com.example.Ingest --heartbeat-timeout-ms 5000";

    private static WorkerArguments parse(String line) {
        return WorkerArguments.parse(line.split(" "));
    }

    @Test
    void shouldReadWhatTheRootWrites() {
        WorkerArguments arguments = parse(GOOD + " --peer rates=/s/a=b.seg --peer fx=/s/fx.seg -- --topic orders --");

        assertEquals("shop", arguments.instance());
        assertEquals("ingest", arguments.name());
        assertEquals(Path.of("/s/ingest.seg"), arguments.segment());
        assertEquals(Path.of("/s/ingest.lock"), arguments.lock());
        assertEquals("com.example.Ingest", arguments.mainClass());
        assertEquals(5000, arguments.heartbeatTimeoutMs());
        assertEquals(List.of("rates", "fx"), List.copyOf(arguments.peers().keySet()));
        assertEquals(Path.of("/s/a=b.seg"), arguments.peers().get("rates"));
        assertEquals(List.of("--topic", "orders", "--"), arguments.userArgs());
    }

    @Test
    void shouldNeedNeitherPeersNorUserArguments() {
        assertEquals(List.of(), parse(GOOD).userArgs());
        assertEquals(List.of(), parse(GOOD + " --").userArgs());
    }

    @Test
    void shouldReadWhatTheContentsAreSubjectTo() {
        assertEquals(StatePolicy.DEFAULT, parse(GOOD).statePolicy());
        assertEquals(
                new StatePolicy(StatePolicy.Resume.ASK, StatePolicy.Evolve.MIGRATE, 1500, 20, Checksum.ARENA),
                parse(GOOD + " --resume ask --evolve migrate --checkpoint-every-ms 1500 --checkpoint-every-commits 20"
                                + " --checksum arena")
                        .statePolicy());
        assertRefused("--resume never: expected one of [resume, zero, ask]", GOOD + " --resume never");
        assertRefused("--checksum crc: expected one of [none, arena]", GOOD + " --checksum crc");
        assertRefused("--checkpoint-every-ms x: expected", GOOD + " --checkpoint-every-ms x");
    }

    @Test
    void shouldBeToldTheSizeOfItsSegment() {
        assertNull(parse(GOOD).size());
        assertEquals(
                new SegmentSize(1 << 20, 2), parse(GOOD + " --size 1048576,2").size());
        assertEquals(
                new SegmentSize(1 << 20, 0, 1 + 2 + 4, 3),
                parse(GOOD + " --size 1048576,0 --transactions 1,2,3,4 --root R --logs L --slot 1=S")
                        .size());
        assertRefused("--size 1048576: expected STATEBYTES,CHECKPOINTS", GOOD + " --size 1048576");
    }

    @Test
    void shouldBeFencedByTheLockUnlessToldOtherwise() {
        assertEquals(Fence.LOCK, parse(GOOD).fence());
        assertEquals(Fence.LOCK, parse(GOOD + " --fence lock").fence());
        assertEquals(Fence.WORD, parse(GOOD + " --fence word").fence());
        assertRefused("--fence none: expected one of [lock, word]", GOOD + " --fence none");
    }

    @Test
    void shouldReadWhatItHasOfTransactions() {
        assertNull(parse(GOOD).transactions());
        String transactions = GOOD + " --transactions 2,4,1000,8 --root /s/root.seg --logs /l";
        assertEquals(
                new DaemonTransactions(
                        new TransactionLimits(2, 4, 1000, 8),
                        Path.of("/s/root.seg"),
                        List.of(Path.of("/s/a"), Path.of("/s/b")),
                        Path.of("/l")),
                parse(transactions + " --slot 1=/s/a --slot 2=/s/b").transactions());
        assertRefused("--transactions 2,4,1000,8: expected --slot 2=FILE", transactions + " --slot 1=/s/a");
        assertRefused(
                "--slot: given for [1, 2, 3], expected 1 to 2", transactions + " --slot 1=a --slot 2=b --slot 3=c");
        assertRefused("--slot 1=b: given twice", transactions + " --slot 1=a --slot 1=b");
        assertRefused("--slot b: expected N=FILE", transactions + " --slot b");
        assertRefused("--slot: expected --transactions", GOOD + " --slot 1=a");
        assertRefused("--transactions 2,4,1000,8: expected --root", GOOD + " --transactions 2,4,1000,8");
        for (String wrong : List.of("0,0,0,0", "33,0,0,0", "1,0,0", "1,0,0,0,0", "1,-1,0,0", "x")) {
            assertRefused("--transactions " + wrong + ": expected SLOTS,QUEUE", GOOD + " --transactions " + wrong);
        }
    }

    @Test
    void shouldNameTheArgumentAtFault() {
        assertRefused("--segment: missing", GOOD.replace("--segment /s/ingest.seg ", ""));
        assertRefused("--heartbeat-timeout-ms 5s: expected", GOOD.replace("5000", "5s"));
        assertRefused("--heartbeat-timeout-ms -1: expected", GOOD.replace("5000", "-1"));
        assertRefused("--bogus: unknown", GOOD + " --bogus 1");
        assertRefused("--name: given twice", GOOD + " --name other");
        assertRefused("--peer rates: expected NAME=FILE", GOOD + " --peer rates");
        assertRefused("--peer: expected a value", GOOD + " --peer");
    }

    private static void assertRefused(String start, String line) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> parse(line));
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }
}
