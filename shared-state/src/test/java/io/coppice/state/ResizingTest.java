package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a segment of another size holds what the old one did as of its last commit, wherever the old one's owner died, and no death while
 * it is made leaves anything else than the old one or the new one. Method: every prefix of the stores of a life with all structures, and
 * every prefix of the stores of the carrying over; each is carried over there and back.
 */
class ResizingTest {
    private static final Path NOWHERE = Path.of("in-memory.seg");
    private static final SegmentSize SAME =
            new SegmentSize(RecordedRun.LENGTH, 0, RequestsPlayer.ENTRIES, RequestsPlayer.INPUT_BYTES);
    private static final SegmentSize LARGER = new SegmentSize(300 << 10, 2, 17, 1000);

    private static RecordingMemory resized(OwnedSegment old, SegmentSize size) throws SegmentException {
        Resizing resizing = old.resizing(size);
        assertEquals(Optional.empty(), resizing.obstacle());
        RecordingMemory target =
                new RecordingMemory((int) size.spec(old.header()).lengthBytes());
        assertEquals(0, resizing.write(target));
        return target;
    }

    private static OwnedSegment own(RecordingMemory memory) {
        OwnedSegment segment = TestSegments.own(memory, 1_000_000);
        segment.recover();
        return segment;
    }

    private static Map<String, Long> contents(OwnedSegment segment) {
        Map<String, Long> found = new HashMap<>();
        StructurePlayer.all().forEach(player -> player.read(segment.state(), found));
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHoldTheLastCommitWhereverTheOwnerDied(boolean checked) throws SegmentException {
        RecordedRun run = checked
                ? RecordedRun.checked(301, 30, memory -> memory)
                : RecordedRun.of(302, 30, StructurePlayer.all(), memory -> memory);
        byte[] disk = run.startImage();
        int largest = 0;
        for (int step = 0; step < run.memory().recorded(); step++) {
            run.memory().replay(step, disk);
            OwnedSegment old = TestSegments.own(new RecordingMemory(disk.clone()), 1_000_000);
            OwnedSegment larger = own(resized(old, LARGER));
            OwnedSegment back = own(resized(larger, SAME));
            Map<String, Long> expected = contents(old);
            assertEquals(expected, contents(back), "prefix " + (step + 1));
            largest = Math.max(largest, expected.size());
            assertEquals(old.checksum(), larger.checksum());
            assertEquals(old.timeline(), back.timeline());
            assertEquals(old.commitSequence(), back.commitSequence());
            for (OwnedSegment segment : List.of(larger, back)) {
                assertTrue(segment.isOf(segment == larger ? LARGER : SAME) || !hasTable(segment));
                assertTrue(segment.state().freeBytes() >= 0);
            }
        }
        assertTrue(largest > 15, "the largest contents had " + largest);
    }

    private static boolean hasTable(OwnedSegment segment) {
        return StructurePlayer.exists(segment.state(), Requests.STRUCTURE);
    }

    @Test
    void shouldBeNoSegmentBeforeItsLastStoreAndLeaveTheOldOneAlone() throws SegmentException {
        RecordedRun run = RecordedRun.of(303, 60);
        RecordingMemory disk = new RecordingMemory(run.memory().copy());
        Resizing resizing = TestSegments.own(disk, 1_000_000).resizing(LARGER);
        byte[] before = disk.copy();
        RecordingMemory target = new RecordingMemory(
                (int) LARGER.spec(TestSegments.read(disk).header()).lengthBytes());
        target.startRecording();
        resizing.write(target);
        assertArrayEquals(before, disk.bytes());
        byte[] prefix = new byte[target.bytes().length];
        for (int step = 0; step < target.recorded() - 1; step++) {
            target.replay(step, prefix);
            // All that tells whether it is one; each look at the whole identity would take hours.
            assertEquals(0, NativeWords.get(prefix, HeaderLayout.MAGIC_OFFSET));
            if (step % 97 == 0 || step > target.recorded() - 40) {
                assertInstanceOf(Validation.WrongMagic.class, SegmentHeader.read(new RecordingMemory(prefix), NOWHERE));
            }
        }
        assertEquals(RecordingMemory.RELEASE, target.kind(target.recorded() - 1));
        assertEquals(HeaderLayout.MAGIC_OFFSET, target.offset(target.recorded() - 1));
    }

    @Test
    void shouldCarryOverCheckpointsAndWordsToOthers() throws SegmentException {
        RecordingMemory memory = TestSegments.formatted(RecordedRun.LENGTH, 3);
        OwnedSegment old = TestSegments.own(memory, 7);
        old.recover(Checksum.ARENA);
        LongLongMap map = old.state().longLongMap("m", 10);
        for (long value = 1; value <= 3; value++) {
            map.put(1, value);
            old.requests(3, 44).add(RequestId.of(1, value), "T", new byte[] {(byte) value}, 5);
            old.state().commit();
            old.checkpoint();
        }
        map.put(1, 4);
        old.state().commit();
        old.request(2, 17);
        old.orderDone(3);
        Resizing resizing = old.resizing(new SegmentSize(300 << 10, 2, 5, 100));
        RecordingMemory target = new RecordingMemory((int) SegmentSpec.lengthFor(300 << 10, 2));
        assertEquals(1, resizing.write(target), "the oldest of three");
        OwnedSegment owned = TestSegments.own(target, 8);
        owned.recover(Checksum.ARENA);
        assertEquals(17, owned.request(2));
        assertEquals(3, owned.orderDone());
        assertEquals(old.header().createdEpochMs(), owned.header().createdEpochMs());
        assertEquals(4, owned.state().longLongMap("m", 10).get(1, 0));
        List<Checkpoint> kept = owned.checkpoints();
        assertEquals(List.of(3L, 2L), kept.stream().map(Checkpoint::number).toList());
        owned.restore(kept.get(1));
        assertEquals(2, owned.state().longLongMap("m", 10).get(1, 0));
        Requests requests = owned.requests(5, 100);
        assertEquals(2, requests.size());
        assertEquals("T", requests.task(requests.find(RequestId.of(1, 2))));
        owned.state().commit();
    }

    @Test
    void shouldPutEntriesTogetherAndFindThem() throws SegmentException {
        OwnedSegment old = TestSegments.own(TestSegments.formatted(RecordedRun.LENGTH), 7);
        old.recover();
        Requests requests = old.requests(6, 200);
        for (long sequence = 1; sequence <= 6; sequence++) {
            requests.add(RequestId.of(1, sequence), "task" + sequence, new byte[(int) sequence], sequence);
        }
        for (long sequence : new long[] {1, 3, 4, 5}) {
            requests.free(requests.find(RequestId.of(1, sequence)));
        }
        int last = requests.find(RequestId.of(1, 6));
        requests.status(last, RequestStatus.QUARANTINED);
        requests.cause(last, "it crashed");
        requests.attempts(last, 4);
        old.state().commit();
        RecordingMemory memory = resized(old, new SegmentSize(SegmentSpec.MIN_LENGTH_BYTES, 0, 2, 6));
        Requests fewer = own(memory).requests(2, 6);
        assertEquals(6, fewer.lastSequence());
        assertEquals(RequestStatus.QUEUED, fewer.status(fewer.find(RequestId.of(1, 2))));
        int entry = fewer.find(RequestId.of(1, 6));
        assertEquals(RequestStatus.QUARANTINED, fewer.status(entry));
        assertEquals("it crashed", fewer.cause(entry));
        assertEquals(4, fewer.attempts(entry));
        assertEquals(6, fewer.submittedAtEpochMs(entry));
        RequestReader.Request found =
                TestSegments.read(memory).requests().find(RequestId.of(1, 6)).orElseThrow();
        assertEquals("task6", found.task());
        assertEquals(6, found.input().length);
        assertThrows(CapacityExceededException.class, () -> fewer.add(RequestId.of(1, 7), "t", new byte[0]));
    }

    @Test
    void shouldSayWhatStandsInTheWay() throws SegmentException {
        OwnedSegment old = TestSegments.own(TestSegments.formatted(RecordedRun.LENGTH), 7);
        old.recover();
        Requests requests = old.requests(3, 200);
        requests.add(RequestId.of(1, 1), "t", new byte[150], 0);
        requests.add(RequestId.of(1, 2), "t", new byte[1], 0);
        old.state().counters("many", 500);
        old.state().commit();
        assertEquals(
                "its table of requests holds 2, and there would be room for 1 (`slots`, `queue` and `quarantine` taken"
                        + " together). Wait until some are done, have what is quarantined dropped (coppice transactions"
                        + " unit --drop ID|all), or declare more.",
                obstacle(old, new SegmentSize(RecordedRun.LENGTH, 0, 1, 200)));
        assertEquals(
                "one of its requests has an input of 150 bytes, and there would be room for 149. Wait until it is done,"
                        + " have it dropped if it is quarantined (coppice transactions unit --drop ID), or declare a"
                        + " larger `input`.",
                obstacle(old, new SegmentSize(RecordedRun.LENGTH, 0, 3, 149)));
        String room = obstacle(old, new SegmentSize(SegmentSpec.MIN_LENGTH_BYTES, 0, 3, 200));
        assertTrue(room.startsWith("its structures take "), room);
        assertTrue(room.endsWith(" and there would be room for 8192. Declare a larger `state`."), room);
    }

    private static String obstacle(OwnedSegment old, SegmentSize size) throws SegmentException {
        return old.resizing(size).obstacle().orElseThrow();
    }

    /** Of a daemon that has no transactions any more: the ids that it gave must not be given again. */
    @Test
    void shouldKeepOfATableThatNobodyDeclaresWhatItHolds() throws SegmentException {
        OwnedSegment old = TestSegments.own(TestSegments.formatted(RecordedRun.LENGTH), 7);
        old.recover();
        Requests requests = old.requests(30, 200);
        int entry = requests.add(RequestId.of(1, 9), "t", new byte[150], 0);
        old.state().commit();
        Requests kept = own(resized(old, new SegmentSize(80 << 10, 0))).requests(1, 150);
        assertEquals(0, kept.find(RequestId.of(1, 9)));
        old.requests(30, 200).free(entry);
        old.state().commit();
        assertEquals(
                9,
                own(resized(old, new SegmentSize(80 << 10, 0))).requests(1, 0).lastSequence());
    }
}
