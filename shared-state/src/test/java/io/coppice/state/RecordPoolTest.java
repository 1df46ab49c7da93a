package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPoolTest {
    private static final int LENGTH = 128 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("order");
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

    private long acquire(RecordPool pool, long value) {
        long handle = pool.acquire();
        pool.get(handle).set(number, value);
        return handle;
    }

    private Map<Long, Long> contents(RecordPool pool) {
        Map<Long, Long> contents = new HashMap<>();
        pool.forEach((handle, record) -> contents.put(handle, record.get(number)));
        return contents;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldKeepRecordsByHandlesThatAreNeverTheSameTwice(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = 1 + random.nextInt(12);
        RecordPool pool = state.pool("p", layout, capacity);
        state.commit();
        Map<Long, Long> model = new HashMap<>();
        Map<Long, Long> committed = new HashMap<>();
        Set<Long> released = new HashSet<>();
        for (int step = 0; step < 20_000; step++) {
            String where = "seed " + seed + ", step " + step;
            if (random.nextBoolean()) {
                long handle = pool.tryAcquire();
                assertEquals(model.size() == capacity, handle == RecordPool.NONE, where);
                if (handle != RecordPool.NONE) {
                    assertFalse(released.contains(handle), where);
                    assertEquals(0, pool.get(handle).get(number), where);
                    pool.get(handle).set(number, step);
                    assertEquals(null, model.put(handle, (long) step), where);
                }
            } else if (!model.isEmpty()) {
                long handle = new ArrayList<>(model.keySet()).get(random.nextInt(model.size()));
                assertEquals(model.remove(handle), pool.get(handle).get(number), where);
                pool.release(handle);
                assertThrows(IllegalArgumentException.class, () -> pool.release(handle), where);
            }
            assertEquals(model.size(), pool.inUse(), where);
            if (random.nextInt(4) == 0) {
                state.commit();
                committed.keySet().stream()
                        .filter(handle -> !model.containsKey(handle))
                        .forEach(released::add);
                committed = new HashMap<>(model);
            } else if (random.nextInt(15) == 0) {
                state.rollback();
                model.clear();
                model.putAll(committed);
            }
            assertEquals(model, contents(pool), where);
        }
    }

    @Test
    void shouldRefuseStaleHandlesAndWhatNeverWasOne() {
        RecordPool pool = state.pool("orders", layout, 3);
        long first = acquire(pool, 1);
        pool.release(first);
        long second = acquire(pool, 2);
        assertNotEquals(first, second);
        assertFalse(pool.isInUse(first));
        for (long stale :
                new long[] {first, 0, -1, second + 1, second + 2, second + 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Refusals.assertRefuses(
                    memory, IllegalArgumentException.class, () -> pool.get(stale), "orders", "stale", "" + stale);
            Refusals.assertRefuses(
                    memory, IllegalArgumentException.class, () -> pool.release(stale), "orders", "stale");
        }
        assertEquals(2, pool.get(second).get(number));
    }

    @Test
    void shouldRefuseMoreThanItsCapacity() {
        RecordPool pool = state.pool("orders", layout, 2);
        acquire(pool, 1);
        long second = acquire(pool, 2);
        assertEquals(RecordPool.NONE, pool.tryAcquire());
        Refusals.assertRefuses(
                memory, CapacityExceededException.class, pool::acquire, "orders", "test/unit", "2", "`state`");
        pool.release(second);
        acquire(pool, 3);
        assertEquals(2, pool.inUse());
    }

    @Test
    void shouldRefuseEveryoneWhenItIsDisabled() {
        RecordPool pool = state.pool("orders", layout, 0);
        assertEquals(RecordPool.NONE, pool.tryAcquire());
        Refusals.assertRefuses(memory, CapacityExceededException.class, pool::acquire, "orders", "disabled", "`state`");
        Refusals.assertRefuses(memory, IllegalArgumentException.class, () -> pool.get(1), "stale");
        assertEquals(Map.of(), contents(pool));
        state.commit();
        assertEquals(
                0,
                TestSegments.snapshot(TestSegments.read(memory)).pool("orders").capacity());
    }

    @Test
    void shouldHoldOneObjectWithCapacityOne() {
        RecordPool pool = state.pool("leader", layout, 1);
        for (int i = 1; i < 5; i++) {
            assertEquals(i, acquire(pool, i));
            assertEquals(RecordPool.NONE, pool.tryAcquire());
            pool.release(i);
        }
    }

    @Test
    void shouldStartAgainWithTheFirstGenerationAfterTheLast() {
        RecordPool pool = state.pool("orders", layout, 1);
        long handle = pool.acquire();
        state.commit();
        memory.putLong(
                Refusals.data(state, "orders") + PoolLayout.HEADER_LENGTH + PoolLayout.GENERATION_OFFSET,
                Long.MAX_VALUE);
        pool.release(Long.MAX_VALUE);
        assertEquals(handle, pool.acquire());
        assertEquals(63 - 26, Long.bitCount(PoolLayout.maxGeneration(PoolLayout.slotBits(1 << 26))));
        assertEquals(2, PoolLayout.slotBits(3));
        assertEquals(2, PoolLayout.slotBits(4));
        assertEquals(3, PoolLayout.slotBits(5));
    }

    @Test
    void shouldKeepHandlesForSuccessors() {
        RecordPool pool = state.pool("orders", layout, 3);
        long first = acquire(pool, 1);
        long second = acquire(pool, 2);
        pool.release(first);
        state.commit();
        pool.release(second);
        acquire(pool, 3);
        RecordPool successor = open().pool("orders", layout, 3);
        assertEquals(Map.of(second, 2L), contents(successor));
        assertEquals(2, successor.get(second).get(number));
        assertFalse(successor.isInUse(first));
    }

    @Test
    void shouldGiveBackWhatAStepAcquiredAndReleasedWhenItIsRolledBack() {
        RecordPool pool = state.pool("orders", layout, 2);
        long kept = acquire(pool, 1);
        state.commit();
        pool.release(kept);
        acquire(pool, 2);
        acquire(pool, 3);
        state.rollback();
        assertEquals(Map.of(kept, 1L), contents(pool));
    }

    @Test
    void shouldStoreNothingOfAChangeThatTheUndoLogCannotHold() {
        RecordPool pool = state.pool("orders", layout, 3);
        RecordTable rows = state.table("rows", layout, 1000);
        long handle = acquire(pool, 1);
        pool.release(acquire(pool, 2));
        state.commit();
        Refusals.fillUndoLog(state, rows, number, 144);
        Refusals.assertRefuses(memory, UndoLogFullException.class, pool::acquire, "orders", "`state`");
        Refusals.fillUndoLog(state, rows, number, 48);
        Refusals.assertRefuses(memory, UndoLogFullException.class, () -> pool.release(handle), "orders", "`state`");
        state.rollback();
        acquire(pool, 2);
        pool.release(handle);
        assertEquals(1, pool.inUse());
    }

    @Test
    void shouldTakeRecordsLargerThanTheEngineRemembers() {
        RecordLayout.Builder large = RecordLayout.named("large");
        BytesField all = large.bytes("all", 12_000);
        RecordPool pool = state.pool("large", large.build(), 2);
        state.commit();
        for (int i = 0; i < 10; i++) {
            long handle = pool.acquire();
            assertEquals(0, pool.get(handle).length(all));
            pool.get(handle).set(all, new byte[700], 0, 700);
            state.commit();
            pool.release(handle);
        }
        state.commit();
        assertEquals(
                0,
                TestSegments.snapshot(TestSegments.read(memory)).pool("large").inUse());
    }

    @Test
    void shouldRefuseAnotherCapacityLayoutOrType() {
        state.pool("orders", layout, 3);
        state.queue("jobs", layout, 3);
        RecordLayout.Builder other = RecordLayout.named("order");
        other.int64("number");
        RecordLayout changed = other.build();
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.pool("orders", layout, 0), "capacity 3", "0");
        Refusals.assertRefuses(memory, LayoutMismatchException.class, () -> state.pool("orders", changed, 3), "number");
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.pool("jobs", layout, 3), "QUEUE", "POOL");
        Refusals.assertRefuses(
                memory, CapacityExceededException.class, () -> state.pool("big", layout, Integer.MAX_VALUE), "`state`");
        assertThrows(IllegalArgumentException.class, () -> state.pool("none", layout, -1));
        assertSame(state.pool("orders", layout, 3), state.pool("orders", layout, 3));
    }

    @Test
    void shouldBeDetachedWhenItsCreationIsRolledBack() {
        RecordPool pool = state.pool("orders", layout, 3);
        long handle = pool.acquire();
        Record record = pool.get(handle);
        state.rollback();
        assertThrows(IllegalStateException.class, pool::acquire);
        assertThrows(IllegalStateException.class, () -> pool.get(handle));
        assertThrows(IllegalStateException.class, () -> pool.release(handle));
        assertThrows(IllegalStateException.class, () -> record.set(number, 1));
        assertEquals(0, state.pool("orders", layout, 3).inUse());
    }

    @Test
    void shouldTellWhatItTakesOfASegment() {
        long before = state.freeBytes();
        state.pool("orders", layout, 7);
        assertEquals(RecordPool.sizeBytes(layout, 7), before - state.freeBytes());
    }

    @Test
    void shouldShowPeersWhatIsInUse() {
        RecordPool pool = state.pool("orders", layout, 4);
        long first = acquire(pool, 1);
        long second = acquire(pool, 2);
        long third = acquire(pool, 3);
        pool.get(third).set(text, "third");
        pool.release(first);
        state.commit();
        pool.release(third);
        StateView view = TestSegments.snapshot(TestSegments.read(memory));
        PoolView orders = view.pool("orders", layout);
        assertEquals(List.of(second, third), orders.handles());
        assertEquals(2, orders.inUse());
        assertEquals(2, view.used("orders"));
        assertEquals(4, orders.capacity());
        assertEquals("third", orders.record(third).getString(text));
        assertEquals(2, view.pool("orders").record(second).int64("number"));
        assertTrue(orders.isInUse(second));
        assertFalse(orders.isInUse(first));
        assertThrows(IllegalArgumentException.class, () -> orders.record(first));
        assertEquals(2, orders.fields().size());
    }

    @Test
    void shouldNoticeDamage() {
        RecordPool pool = state.pool("orders", layout, 6);
        long[] handles = new long[5];
        for (int i = 0; i < 5; i++) {
            handles[i] = acquire(pool, i);
        }
        for (int i = 0; i < 3; i++) {
            pool.release(handles[i]);
        }
        state.commit();
        long data = Refusals.data(state, "orders");
        for (long hostile : new long[] {-1, 1, 3, 6, 7, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Refusals.assertReadersNotice(memory, data + PoolLayout.IN_USE_OFFSET, hostile, "orders", "capacity is 6");
        }
        for (long hostile : new long[] {-1, 0, 4, 6, 7, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, data + PoolLayout.FRESH_SLOTS_OFFSET, hostile, "orders");
        }
        for (long hostile : new long[] {-1, 0, 1, 2, 4, 5, 6, 7, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, data + PoolLayout.FREE_HEAD_OFFSET, hostile, "orders", "free list");
        }
        long middle = PoolLayout.slotOffset(data, 1, layout.sizeBytes());
        for (long hostile : new long[] {-1, 0, 2, 3, 4, 6, Long.MIN_VALUE}) {
            Refusals.assertReadersNotice(memory, middle + PoolLayout.LINK_OFFSET, hostile, "orders");
        }
        for (long hostile : new long[] {-1, 0, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, middle + PoolLayout.GENERATION_OFFSET, hostile, "slot 1");
        }
        long used = PoolLayout.slotOffset(data, 3, layout.sizeBytes());
        Refusals.assertReadersNotice(memory, used + PoolLayout.LINK_OFFSET, 0, "inUse 2 with 1");
        Refusals.assertReadersNotice(memory, used + PoolLayout.RECORD_OFFSET + text.offset, 21, "text", "21");
        long fresh = PoolLayout.slotOffset(data, 5, layout.sizeBytes());
        Refusals.assertReadersNotice(memory, fresh + PoolLayout.GENERATION_OFFSET, 1, "slot 5");

        for (long hostile : new long[] {-1, 6, 7, Long.MAX_VALUE, Long.MIN_VALUE}) {
            memory.putLong(data + PoolLayout.FREE_HEAD_OFFSET, hostile);
            Refusals.assertRefuses(memory, SegmentDamagedException.class, pool::acquire, "orders");
        }
        memory.putLong(data + PoolLayout.FREE_HEAD_OFFSET, 4);
        Refusals.assertRefuses(memory, SegmentDamagedException.class, pool::acquire, "slot 3", "-1");
        memory.putLong(data + PoolLayout.IN_USE_OFFSET, -1);
        Refusals.assertRefuses(memory, SegmentDamagedException.class, pool::acquire, "orders");
        Refusals.assertRefuses(memory, SegmentDamagedException.class, () -> pool.release(handles[4]), "orders");
        memory.putLong(data + PoolLayout.FRESH_SLOTS_OFFSET, Long.MAX_VALUE);
        assertEquals(2, contents(pool).size());
    }
}
