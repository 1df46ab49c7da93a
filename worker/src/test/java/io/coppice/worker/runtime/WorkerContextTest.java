package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Channel;
import io.coppice.state.Fence;
import io.coppice.state.MessageHandler;
import io.coppice.state.OwnedSegment;
import io.coppice.state.RingPoll;
import io.coppice.state.SegmentFile;
import io.coppice.worker.Peer;
import io.coppice.worker.PeerAccess;
import io.coppice.worker.PeerRing;
import io.coppice.worker.PeerUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerContextTest {
    @TempDir
    Path directory;

    private final LoggedPort port = new LoggedPort();
    private final StopRequest stop = new StopRequest(Thread.currentThread());
    private OwnedSegment segment;

    @BeforeEach
    void open() throws Exception {
        Path file = directory.resolve("ingest.seg");
        ChildJvm.createSegment(file, "ingest");
        segment = SegmentFile.openOwned(file, directory.resolve("ingest.lock"), 1, 1);
        segment.recover();
    }

    @AfterEach
    void close() throws Exception {
        segment.close();
    }

    private WorkerContext context(String... peers) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String peer : peers) {
            files.put(peer, directory.resolve(peer + ".seg"));
        }
        WorkerArguments arguments = new WorkerArguments(
                "shop",
                "ingest",
                Path.of("s"),
                Path.of("l"),
                Path.of("o"),
                "C",
                3,
                StatePolicy.DEFAULT,
                Fence.LOCK,
                null,
                files,
                List.of("--topic", "orders"),
                null);
        return new WorkerContext(arguments, 3, Optional.empty(), segment::state, port, stop, null);
    }

    @Test
    void shouldTellTheDaemonWhoItIs() {
        WorkerContext context = context();

        assertEquals("shop", context.instance());
        assertEquals("ingest", context.name());
        assertEquals(3, context.incarnation());
        assertEquals(List.of("--topic", "orders"), context.args());
        assertFalse(context.stopRequested());
        stop.request();
        assertTrue(context.stopRequested());
    }

    @Test
    void shouldRoundALongStepUpToWholeMilliseconds() {
        context().busy(Duration.ofNanos(1));
        context().busy(Duration.ofSeconds(90));
        context().busy(Duration.ofSeconds(Long.MAX_VALUE));

        assertEquals(List.of("busy 1", "busy 90000", "busy " + Long.MAX_VALUE), port.done);
    }

    @Test
    void shouldRefuseALongStepOfNoLength() {
        assertThrows(IllegalArgumentException.class, () -> context().busy(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> context().busy(Duration.ofMillis(-1)));
    }

    @Test
    void shouldCountACommitWithinAStepAsAHeartbeat() {
        context().commit();

        assertEquals(List.of("commit 0"), port.done);
        assertEquals(1, port.heartbeats);
    }

    @Test
    void shouldNameThePeersThereAreWhenAskedForAnother() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> context("rates", "fx").peer("rate"))
                .getMessage();
        assertEquals(
                "peer 'rate': daemon ingest may read rates, fx; declare it in the manifest under `reads`", message);
        String none = assertThrows(
                        IllegalArgumentException.class, () -> context().peer("rates"))
                .getMessage();
        assertTrue(none.contains("may read no other daemon"), none);
        String replicated = assertThrows(
                        IllegalArgumentException.class,
                        () -> context("counter.1", "counter.2", "fx").peer("counter"))
                .getMessage();
        assertEquals(
                "peer 'counter': it has replicas, and each is a peer of its own: counter.1, counter.2", replicated);
    }

    @Test
    void shouldTryAMissingPeerAgainOnlyAfterAWhile() throws Exception {
        Peer rates = context("rates").peer("rates");
        PeerAccess missing = rates.access();
        assertTrue(missing instanceof PeerAccess.Missing, missing.toString());
        ChildJvm.createSegment(directory.resolve("rates.seg"), "rates");

        port.nowNs += SegmentPeer.RETRY_NS - 1;
        assertSame(missing, rates.access());
        port.nowNs += 1;
        PeerAccess.Available available = rates.readableOrThrow();
        assertEquals(0, available.commitSequence());
        assertSame(available, rates.access());
    }

    @Test
    void shouldSayWhyAPeerCannotBeRead() {
        PeerUnavailableException e = assertThrows(
                PeerUnavailableException.class,
                () -> context("rates").peer("rates").readableOrThrow());
        assertTrue(
                e.getMessage().startsWith("Peer rates cannot be read: Segment " + directory.resolve("rates.seg")),
                e.getMessage());
    }

    @Test
    void shouldAnswerWithTheSamePeerEachTime() {
        WorkerContext context = context("rates");
        assertSame(context.peer("rates"), context.peer("rates"));
    }

    /** Both ends in one process: the daemon is its own peer, whose segment has the channel and the cursor. */
    @Test
    void shouldCarryMessagesFromAChannelToAReceiverThatIsAPeer() throws Exception {
        WorkerContext context = context("ingest", "audit");
        Channel orders = context.state().channel("orders", 512, "ingest");
        PeerRing reader = context.peer("ingest").readableOrThrow().ring("orders", "orders-read");
        context.state().commit();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            orders.offer(new byte[40]);
            context.state().commit();
            reader.poll((buffer, offset, length, number) -> numbers.add(number), 10);
            context.state().commit();
        }
        assertEquals(100, numbers.size());
        assertEquals(100, numbers.get(99));

        Channel unread = context.state().channel("unread", 512, "audit");
        while (unread.tryOffer(new byte[40])) {
            assertTrue(unread.messages() < 20, "a receiver without a segment holds everything back");
        }
    }

    /** A writer with its own segment, whose file may be replaced. */
    private OwnedSegment rates(long incarnation) throws Exception {
        Path file = directory.resolve("rates.seg");
        if (!Files.exists(file)) {
            ChildJvm.createSegment(file, "rates");
        }
        OwnedSegment rates = SegmentFile.openOwned(file, directory.resolve("rates.lock"), 1, incarnation);
        rates.recover();
        rates.state().broadcast("ticks", 512).offer(new byte[] {(byte) incarnation});
        rates.state().commit();
        return rates;
    }

    @Test
    void shouldTellAReaderOfAFileThatWasReplacedThatTheHistoryIsAnotherOne() throws Exception {
        WorkerContext context = context("rates");
        List<Integer> heard = new ArrayList<>();
        MessageHandler handler = (buffer, offset, length, number) -> heard.add((int) buffer[offset]);
        OwnedSegment first = rates(1);
        Peer rates = context.peer("rates");
        PeerAccess opened = rates.access();
        PeerRing ticks = rates.readableOrThrow().ring("ticks", "ticks-read");
        assertTrue(ticks.poll(handler, 10) instanceof RingPoll.Messages);
        context.state().commit();
        first.close();
        port.nowNs += SegmentPeer.LOOK_NS;
        assertSame(RingPoll.Empty.EMPTY, ticks.poll(handler, 10), "a dead writer says nothing new");
        assertSame(opened, rates.access());

        Files.delete(directory.resolve("rates.seg"));
        assertSame(RingPoll.Empty.EMPTY, ticks.poll(handler, 10), "it is looked at once a second");
        port.nowNs += SegmentPeer.LOOK_NS;
        assertTrue(ticks.poll(handler, 10) instanceof RingPoll.Unavailable);
        try (OwnedSegment second = rates(2)) {
            port.nowNs += SegmentPeer.RETRY_NS;
            RingPoll.TimelineChanged changed = (RingPoll.TimelineChanged) ticks.poll(handler, 10);
            assertFalse(changed.exact());
            assertEquals(1, changed.readMessages());
            assertEquals(1, second.timeline());
            ticks.resync();
            assertTrue(ticks.poll(handler, 10) instanceof RingPoll.Messages);
            context.state().commit();
        }
        assertEquals(List.of(1, 2), heard);
    }

    @Test
    void shouldLookForItsReceiverInTheFileThatTookThePlaceOfAnother() throws Exception {
        WorkerContext context = context("rates");
        rates(1).close();
        PeerAccess first = context.peer("rates").access();
        Files.delete(directory.resolve("rates.seg"));
        rates(2).close();
        port.nowNs += SegmentPeer.LOOK_NS;
        PeerAccess second = context.peer("rates").access();
        assertNotSame(first, second);
        assertEquals(2, ((PeerAccess.Available) second).incarnation());
    }
}
