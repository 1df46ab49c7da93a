package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestsTest {
    private static final int LENGTH = 256 << 10;
    private static final int ENTRIES = 4;
    private static final int INPUT_BYTES = 100;
    private static final RecordLayout LAYOUT = layout();

    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private OwnedSegment segment = takeOver(1);
    private Requests requests = segment.requests(ENTRIES, INPUT_BYTES);

    private static RecordLayout layout() {
        RecordLayout.Builder builder = RecordLayout.named("r");
        builder.int64("value");
        return builder.build();
    }

    private OwnedSegment takeOver(long incarnation) {
        OwnedSegment taken = TestSegments.own(memory, incarnation);
        taken.recover();
        return taken;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long id(long sequence) {
        return RequestId.of(1, sequence);
    }

    @Test
    void shouldOutliveAMigration(@TempDir Path directory) throws Exception {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            Requests table = owner.requests(ENTRIES, INPUT_BYTES);
            for (int i = 1; i <= ENTRIES; i++) {
                table.add(RequestId.of(1, i), "task-" + i, new byte[INPUT_BYTES], i);
            }
            int second = table.find(RequestId.of(1, 2));
            table.status(second, RequestStatus.QUARANTINED);
            table.cause(second, "no");
            owner.state().commit();
            RequestsView before = owner.copy().requests(Requests.STRUCTURE);

            owner.migrate((old, state) -> state.longLongMap("made", 4));

            RequestsView after = owner.copy().requests(Requests.STRUCTURE);
            assertEquals(2, owner.timeline());
            assertEquals(before.requests(), after.requests());
            assertEquals(ENTRIES, after.lastSequence());
            assertArrayEquals(
                    new byte[INPUT_BYTES], after.input(RequestId.of(1, 1)).orElseThrow());
            assertThrows(
                    IllegalStateException.class,
                    () -> owner.migrate((old, state) -> {
                        throw new IllegalStateException("no");
                    }));
            assertEquals(
                    before.requests(), owner.copy().requests(Requests.STRUCTURE).requests());
        }
    }

    @Test
    void shouldHoldWhatIsSubmitted() {
        int entry = requests.add(id(1), "shop.Résumé", bytes("in"), 1_700_000_000_123L);
        assertEquals(1, requests.size());
        assertEquals(id(1), requests.id(entry));
        assertEquals(RequestStatus.QUEUED, requests.status(entry));
        assertEquals(0, requests.slot(entry));
        assertEquals(0, requests.attempts(entry));
        assertEquals(1_700_000_000_123L, requests.submittedAtEpochMs(entry));
        assertEquals("shop.Résumé", requests.task(entry));
        assertArrayEquals(bytes("in"), requests.input(entry));
        assertEquals("", requests.cause(entry));
        assertEquals(1, requests.lastSequence());
        requests.status(entry, RequestStatus.RUNNING);
        requests.slot(entry, 32);
        requests.attempts(entry, 3);
        requests.cause(entry, "killed by signal 9");
        assertEquals(RequestStatus.RUNNING, requests.status(entry));
        assertEquals(32, requests.slot(entry));
        assertEquals(3, requests.attempts(entry));
        assertEquals("killed by signal 9", requests.cause(entry));
        assertEquals("shop.Résumé", requests.task(entry));
        assertEquals(entry, requests.find(id(1)));
        assertEquals(Requests.NONE, requests.find(id(2)));
        assertEquals(Requests.NONE, requests.find(0));
    }

    @Test
    void shouldGiveTheLowestIdOfAStatus() {
        int first = requests.add(id(1), "T", bytes("a"));
        int second = requests.add(id(2), "T", bytes("b"));
        requests.free(first);
        int third = requests.add(id(3), "T", bytes("c"));
        assertEquals(first, third);
        assertEquals(second, requests.oldest(RequestStatus.QUEUED));
        requests.status(second, RequestStatus.QUARANTINED);
        assertEquals(third, requests.oldest(RequestStatus.QUEUED));
        assertEquals(1, requests.count(RequestStatus.QUEUED));
        assertEquals(1, requests.count(RequestStatus.QUARANTINED));
        assertEquals(Requests.NONE, requests.oldest(RequestStatus.RUNNING));
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndChangeNothing() {
        for (int i = 1; i <= ENTRIES; i++) {
            requests.add(id(i), "T", new byte[INPUT_BYTES]);
        }
        segment.state().commit();
        byte[] before = memory.copy();
        CapacityExceededException full =
                assertThrows(CapacityExceededException.class, () -> requests.add(id(9), "T", new byte[0]));
        assertTrue(
                full.getMessage().contains("capacity of 4") && full.getMessage().contains("`transactions: {queue}`"));
        requests.free(0);
        segment.state().rollback();
        CapacityExceededException large = assertThrows(
                CapacityExceededException.class, () -> requests.add(id(9), "T", new byte[INPUT_BYTES + 1]));
        assertTrue(
                large.getMessage().contains("at most 100") && large.getMessage().contains("`transactions: {input}`"));
        assertThrows(IllegalArgumentException.class, () -> requests.add(id(9), "", new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> requests.add(id(9), "é".repeat(129), new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> requests.add(id(4), "T", new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> requests.add(0, "T", new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> requests.slot(0, 33));
        assertThrows(IllegalArgumentException.class, () -> requests.attempts(0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> requests.id(ENTRIES));
        assertThrows(IndexOutOfBoundsException.class, () -> requests.free(-1));
        assertFalse(segment.state().dirty());
        int arena = (int) SegmentGeometry.of(LENGTH).arenaOffset();
        assertArrayEquals(Arrays.copyOfRange(before, arena, LENGTH), Arrays.copyOfRange(memory.copy(), arena, LENGTH));
    }

    @Test
    void shouldRefuseAnEntryWithoutARequest() {
        int entry = requests.add(id(1), "T", new byte[0]);
        requests.free(entry);
        assertThrows(IllegalArgumentException.class, () -> requests.free(entry));
        assertThrows(IllegalArgumentException.class, () -> requests.task(entry));
        assertThrows(IllegalArgumentException.class, () -> requests.status(entry, RequestStatus.RUNNING));
        assertEquals(0, requests.id(entry));
    }

    @Test
    void shouldCutALongCauseInsideNoCharacter() {
        int entry = requests.add(id(1), "T", new byte[0]);
        requests.cause(entry, "x".repeat(511) + "é");
        assertEquals("x".repeat(509) + "…", requests.cause(entry));
        requests.cause(entry, "é".repeat(300));
        assertEquals("é".repeat(254) + "…", requests.cause(entry));
        requests.cause(entry, "x".repeat(512));
        assertEquals("x".repeat(512), requests.cause(entry));
        requests.cause(entry, "");
        assertEquals("", requests.cause(entry));
    }

    @Test
    void shouldNotGiveAnIdTwiceOverOwners() {
        requests.add(id(1), "T", new byte[0]);
        requests.passOver(5);
        requests.passOver(3);
        segment.state().commit();
        segment = takeOver(2);
        Requests after = segment.requests(ENTRIES, INPUT_BYTES);
        assertEquals(5, after.lastSequence());
        assertThrows(IllegalArgumentException.class, () -> after.add(id(5), "T", new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> after.passOver(RequestId.MAX_SEQUENCE + 1));
        after.add(id(6), "T", new byte[0]);
        assertEquals(2, after.size());
    }

    @Test
    void shouldShowACopyToWhoeverLooks() {
        requests.add(id(1), "A", bytes("one"), 11);
        int second = requests.add(id(2), "B", bytes("two"), 12);
        requests.free(0);
        requests.add(id(3), "C", bytes(""), 13);
        requests.status(second, RequestStatus.QUARANTINED);
        requests.slot(second, 2);
        requests.attempts(second, 4);
        requests.cause(second, "no");
        segment.state().commit();
        StateView state = TestSegments.snapshot(TestSegments.read(memory));
        RequestsView view = state.requests(Requests.STRUCTURE);
        RequestInfo two = new RequestInfo(id(2), RequestStatus.QUARANTINED, 2, 4, 12, "B", 3, "no");
        RequestInfo three = new RequestInfo(id(3), RequestStatus.QUEUED, 0, 0, 13, "C", 0, "");
        assertEquals(List.of(two, three), view.requests());
        assertEquals(two, view.request(id(2)).orElseThrow());
        assertArrayEquals(bytes("two"), view.input(id(2)).orElseThrow());
        assertTrue(view.input(id(1)).isEmpty());
        assertEquals(3, view.lastSequence());
        assertEquals(2, state.used(Requests.STRUCTURE));
        assertEquals(ENTRIES, view.capacity());
        assertEquals(INPUT_BYTES, view.maxInputBytes());

        segment.state().rollback();
        segment.beginRequest(1);
        Requests copy = segment.requests(ENTRIES, INPUT_BYTES);
        copy.passOver(view.lastSequence());
        for (RequestInfo request : view.requests()) {
            copy.addAgain(request, view.input(request.id()).orElseThrow());
        }
        assertThrows(IllegalArgumentException.class, () -> copy.addAgain(two, bytes("two")));
        segment.state().commit();
        RequestsView again = TestSegments.snapshot(TestSegments.read(memory)).requests(Requests.STRUCTURE);
        assertEquals(view.requests(), again.requests());
        assertEquals(3, again.lastSequence());
    }

    @Test
    void shouldNotMakeHalfOfWhatTheUndoLogCannotHold() {
        RecordingMemory small = TestSegments.formatted(128 << 10);
        OwnedSegment owner = TestSegments.own(small, 1);
        owner.recover();
        Requests few = owner.requests(2, 16 << 10);
        owner.state().commit();
        byte[] before = small.copy();
        assertThrows(UndoLogFullException.class, () -> few.add(id(1), "T", new byte[16 << 10]));
        assertEquals(0, few.size());
        assertArrayEquals(before, small.copy());
        assertTrue(Requests.undoBytes(1, 16 << 10) > owner.state().undoFreeBytes());
        int fits = 15 << 10;
        assertTrue(Requests.undoBytes(1, fits) <= owner.state().undoFreeBytes());
        few.add(id(1), "T", new byte[fits]);
        assertEquals(1, few.size());
    }

    @Test
    void shouldStopWorkingWhenItsCreationIsRolledBack() {
        segment.state().rollback();
        assertThrows(IllegalStateException.class, () -> requests.add(id(1), "T", new byte[0]));
        assertThrows(IllegalStateException.class, () -> requests.size());
    }

    /** The size of what it takes is part of what a manifest's budget promises. */
    @Test
    void shouldTakeAsMuchOfTheSegmentAsItSays() {
        OwnedSegment owner = TestSegments.own(TestSegments.formatted(LENGTH), 1);
        owner.recover();
        long free = owner.state().freeBytes();
        owner.requests(7, 333);
        assertEquals(Requests.sizeBytes(7, 333), free - owner.state().freeBytes());
    }

    @Test
    void shouldRefuseSizesThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> segment.requests(0, 1));
        assertThrows(IllegalArgumentException.class, () -> segment.requests(4097, 1));
        assertThrows(IllegalArgumentException.class, () -> segment.requests(1, -1));
        assertThrows(IllegalArgumentException.class, () -> segment.requests(1, (64 << 20) + 1));
        assertThrows(LayoutMismatchException.class, () -> segment.requests(ENTRIES, INPUT_BYTES + 1));
        assertThrows(LayoutMismatchException.class, () -> segment.requests(ENTRIES + 1, INPUT_BYTES));
    }

    @Test
    void shouldKeepItsNamesFromUserCode() {
        State state = segment.state();
        List<Runnable> asked = List.of(
                () -> state.record("coppice.x", LAYOUT),
                () -> state.published("coppice.x", LAYOUT),
                () -> state.table("coppice.x", LAYOUT, 1),
                () -> state.queue("coppice.x", LAYOUT, 1),
                () -> state.pool("coppice.x", LAYOUT, 1),
                () -> state.appendLog(ReservedNames.RESULT, 1, 8),
                () -> state.counters("coppice.x", 1),
                () -> state.longLongMap("coppice.x", 1),
                () -> state.stringLongMap("coppice.x", 1, 8, 0),
                () -> state.longRecordMap("coppice.x", 1, LAYOUT),
                () -> state.stringRecordMap("coppice.x", 1, 8, 0, LAYOUT),
                () -> state.channel("coppice.x", 512, "other"),
                () -> state.broadcast("coppice.x", 512),
                () -> state.cursor("coppice.x", "other", "ring"));
        for (Runnable structure : asked) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, structure::run);
            assertTrue(refused.getMessage().contains("names that begin with coppice."), refused.getMessage());
        }
        state.record("coppice", LAYOUT);
        AppendLog result = segment.result(2, 64);
        result.append(bytes("done"), 0, 4);
        segment.state().commit();
        StateView view = TestSegments.snapshot(TestSegments.read(memory));
        assertArrayEquals(bytes("done"), view.appendLog(ReservedNames.RESULT).entry(0));
    }

    /** Wherever its owner dies, it is to be found under one of the two ids, with the input that was submitted. */
    @Test
    void shouldHaveTheOneIdOrTheOtherWhereverItsOwnerDies() throws SegmentException {
        long old = RequestId.of(1, 1);
        long next = RequestId.of(1, 5);
        int renumbered = 0;
        for (int stores = 0; renumbered < 2; stores++) {
            RecordingMemory disk = TestSegments.formatted(64 << 10);
            OwnedSegment owner = TestSegments.own(disk, 1);
            owner.recover();
            owner.requests(2, 40).add(old, "task", new byte[] {1, 2, 3}, 9);
            owner.state().commit();
            disk.crashAfter(stores);
            try {
                owner.requests(2, 40).renumber(0, next);
                owner.state().commit();
            } catch (CrashError e) {
                disk.surviveFromNow();
            }
            disk.surviveFromNow();
            RequestReader before = TestSegments.read(disk).requests();
            boolean isNext = before.find(next).isPresent();
            assertEquals(!isNext, before.find(old).isPresent(), "after " + stores);
            OwnedSegment successor = TestSegments.own(disk, 2);
            successor.recover();
            Requests requests = successor.requests(2, 40);
            assertEquals(isNext ? 0 : Requests.NONE, requests.find(next), "after " + stores);
            assertEquals(isNext ? Requests.NONE : 0, requests.find(old), "after " + stores);
            assertEquals(isNext ? 5 : 1, requests.lastSequence());
            RequestReader.Request found =
                    TestSegments.read(disk).requests().find(isNext ? next : old).orElseThrow();
            assertArrayEquals(new byte[] {1, 2, 3}, found.input());
            assertThrows(IllegalArgumentException.class, () -> requests.renumber(0, old));
            assertThrows(IllegalArgumentException.class, () -> requests.renumber(1, RequestId.of(1, 9)));
            renumbered += isNext ? 1 : 0;
        }
    }
}
