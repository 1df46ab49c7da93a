package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordQueueTest {
    private static final int LENGTH = 128 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("job");
    private final LongField number = builder.int64("number");
    private final BytesField text = builder.bytes("text", 20);
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final State state = open();

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 1);
        segment.recover();
        return segment.state();
    }

    private void add(RecordQueue queue, long value) {
        Record record = queue.add();
        record.set(number, value);
        record.set(text, "job " + value);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldBehaveLikeAQueueThroughManyTurnsOfTheRing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = 1 + random.nextInt(9);
        RecordQueue queue = state.queue("q", layout, capacity);
        state.commit();
        Queue<Long> model = new ArrayDeque<>();
        Queue<Long> committed = new ArrayDeque<>();
        for (int step = 0; step < 20_000; step++) {
            String where = "seed " + seed + ", step " + step;
            if (random.nextInt(100) < 52) {
                Record record = queue.offer();
                assertEquals(model.size() == capacity, record == null, where);
                if (record != null) {
                    assertEquals(0, record.get(number), where);
                    assertEquals(0, record.length(text), where);
                    record.set(number, step);
                    record.set(text, "job " + step);
                    model.add((long) step);
                }
            } else {
                Record record = queue.poll();
                assertEquals(model.isEmpty(), record == null, where);
                if (record != null) {
                    long expected = model.remove();
                    assertEquals(expected, record.get(number), where);
                    assertEquals("job " + expected, record.getString(text), where);
                }
            }
            assertEquals(model.size(), queue.size(), where);
            if (random.nextInt(5) == 0) {
                state.commit();
                committed = new ArrayDeque<>(model);
            } else if (random.nextInt(20) == 0) {
                state.rollback();
                model = new ArrayDeque<>(committed);
            }
        }
        assertEquals(List.copyOf(model), numbers(queue), "seed " + seed);
    }

    private List<Long> numbers(RecordQueue queue) {
        List<Long> numbers = new ArrayList<>();
        queue.forEach(record -> numbers.add(record.get(number)));
        return numbers;
    }

    @Test
    void shouldRefuseARecordBeyondTheCapacity() {
        RecordQueue queue = state.queue("jobs", layout, 2);
        add(queue, 1);
        add(queue, 2);
        assertNull(queue.offer());
        Refusals.assertRefuses(
                memory, CapacityExceededException.class, queue::add, "jobs", "test/unit", "2", "`state`");
        assertEquals(List.of(1L, 2L), numbers(queue));
        queue.remove();
        add(queue, 3);
        assertEquals(List.of(2L, 3L), numbers(queue));
    }

    @Test
    void shouldTellThatItIsEmpty() {
        RecordQueue queue = state.queue("jobs", layout, 2);
        assertTrue(queue.isEmpty());
        assertNull(queue.peek());
        assertNull(queue.poll());
        Refusals.assertRefuses(memory, NoSuchElementException.class, queue::remove, "jobs", "empty");
        queue.clear();
        assertEquals(0, queue.size());
    }

    @Test
    void shouldGiveBackWhatAStepTookWhenItIsRolledBack() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        add(queue, 1);
        add(queue, 2);
        state.commit();
        queue.remove();
        queue.remove();
        add(queue, 3);
        add(queue, 4);
        add(queue, 5);
        assertEquals(List.of(3L, 4L, 5L), numbers(queue));
        state.rollback();
        assertEquals(List.of(1L, 2L), numbers(queue));
        queue.clear();
        state.rollback();
        assertEquals("job 1", queue.remove().getString(text));
    }

    @Test
    void shouldChangeARecordInThePlaceItHas() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        add(queue, 1);
        add(queue, 2);
        Record oldest = Objects.requireNonNull(queue.peek());
        oldest.set(number, 10);
        queue.forEach(record -> record.add(number, 1));
        assertEquals(List.of(11L, 3L), numbers(queue));
    }

    @Test
    void shouldSurviveItsOwner() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        add(queue, 1);
        add(queue, 2);
        state.commit();
        queue.remove();
        RecordQueue successor = open().queue("jobs", layout, 3);
        assertEquals(List.of(1L, 2L), numbers(successor));
    }

    @Test
    void shouldStoreNothingOfAnAdditionThatTheUndoLogCannotHold() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        RecordTable rows = state.table("rows", layout, 1000);
        add(queue, 1);
        state.commit();
        Refusals.fillUndoLog(state, rows, number, 40);
        Refusals.assertRefuses(memory, UndoLogFullException.class, queue::add, "jobs", "`state`");
        Refusals.fillUndoLog(state, rows, number, 0);
        Refusals.assertRefuses(memory, UndoLogFullException.class, queue::poll, "`state`");
        Refusals.assertRefuses(memory, UndoLogFullException.class, queue::clear, "`state`");
        state.rollback();
        add(queue, 2);
        assertEquals(List.of(1L, 2L), numbers(queue));
    }

    @Test
    void shouldTakeRecordsLargerThanTheEngineRemembers() {
        RecordLayout.Builder large = RecordLayout.named("large");
        BytesField all = large.bytes("all", 12_000);
        RecordQueue queue = state.queue("large", large.build(), 3);
        state.commit();
        for (int i = 0; i < 10; i++) {
            byte[] bytes = new byte[500 + i];
            Record record = queue.add();
            assertEquals(0, record.length(all));
            record.set(all, bytes, 0, bytes.length);
            state.commit();
            assertEquals(500 + i, queue.remove().length(all));
        }
    }

    @Test
    void shouldRefuseAnotherCapacityLayoutOrType() {
        state.queue("jobs", layout, 3);
        state.table("rows", layout, 3);
        RecordLayout.Builder other = RecordLayout.named("job");
        other.int64("number");
        RecordLayout changed = other.build();
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.queue("jobs", layout, 4), "capacity 3", "4");
        Refusals.assertRefuses(memory, LayoutMismatchException.class, () -> state.queue("jobs", changed, 3), "number");
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.queue("rows", layout, 3), "RECORD_TABLE", "QUEUE");
        Refusals.assertRefuses(
                memory, CapacityExceededException.class, () -> state.queue("big", layout, 1 << 30), "`state`");
        assertThrows(IllegalArgumentException.class, () -> state.queue("none", layout, 0));
        assertSame(state.queue("jobs", layout, 3), state.queue("jobs", layout, 3));
    }

    @Test
    void shouldBeDetachedWhenItsCreationIsRolledBack() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        Record record = queue.add();
        state.rollback();
        assertThrows(IllegalStateException.class, queue::add);
        assertThrows(IllegalStateException.class, queue::size);
        assertThrows(IllegalStateException.class, () -> record.set(number, 1));
        assertEquals(0, state.queue("jobs", layout, 3).size());
    }

    @Test
    void shouldTellWhatItTakesOfASegment() {
        long before = state.freeBytes();
        state.queue("jobs", layout, 7);
        assertEquals(RecordQueue.sizeBytes(layout, 7), before - state.freeBytes());
    }

    @Test
    void shouldShowPeersTheOldestFirst() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        for (int i = 1; i <= 4; i++) {
            add(queue, i);
            if (i > 1) {
                queue.remove();
            }
        }
        add(queue, 5);
        state.commit();
        queue.clear();
        StateView view = TestSegments.snapshot(TestSegments.read(memory));
        QueueView jobs = view.queue("jobs", layout);
        assertEquals(2, jobs.size());
        assertEquals(2, view.used("jobs"));
        assertEquals(3, jobs.capacity());
        assertEquals(3, jobs.removed());
        assertEquals(4, jobs.record(0).get(number));
        assertEquals(5, view.queue("jobs").record(1).int64("number"));
        assertEquals("job 5", jobs.record(1).getString(text));
        assertEquals(layout.fields().size(), jobs.fields().size());
        assertThrows(IllegalArgumentException.class, () -> view.queue("other"));
    }

    @Test
    void shouldNoticeDamage() {
        RecordQueue queue = state.queue("jobs", layout, 3);
        add(queue, 1);
        add(queue, 2);
        queue.remove();
        state.commit();
        long data = Refusals.data(state, "jobs");
        for (long hostile : new long[] {-1, 3, Long.MIN_VALUE, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, data + QueueLayout.REMOVED_OFFSET, hostile, "jobs", "capacity is 3");
        }
        for (long hostile : new long[] {-1, 0, 5, Long.MIN_VALUE, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, data + QueueLayout.ADDED_OFFSET, hostile, "jobs");
        }
        long textOfTheSecond = data + QueueLayout.HEADER_LENGTH + layout.sizeBytes() + text.offset;
        Refusals.assertReadersNotice(memory, textOfTheSecond, 21, "text", "21");
        memory.putLong(data + QueueLayout.ADDED_OFFSET, 1000);
        Refusals.assertRefuses(memory, SegmentDamagedException.class, queue::offer, "jobs", "1000");
        Refusals.assertRefuses(memory, SegmentDamagedException.class, queue::poll, "jobs");
        Refusals.assertRefuses(memory, SegmentDamagedException.class, () -> queue.forEach(record -> {}), "jobs");
    }
}
