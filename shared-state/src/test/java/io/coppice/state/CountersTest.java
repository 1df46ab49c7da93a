package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountersTest {
    private static final int LENGTH = 128 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("row");
    private final LongField number = builder.int64("number");
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final State state = open();

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 1);
        segment.recover();
        return segment.state();
    }

    private static Map<String, Long> contents(Counters counters) {
        Map<String, Long> contents = new LinkedHashMap<>();
        counters.forEach(counter -> contents.put(counter.label(), counter.get()));
        return contents;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldCountByLabelWhateverIsRolledBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = 1 + random.nextInt(10);
        Counters counters = state.counters("c", capacity);
        state.commit();
        Map<String, Long> model = new LinkedHashMap<>();
        Map<String, Long> committed = new LinkedHashMap<>();
        List<Counter> kept = new ArrayList<>();
        for (int step = 0; step < 5000; step++) {
            String where = "seed " + seed + ", step " + step;
            String label = "label " + random.nextInt(14);
            if (!model.containsKey(label) && model.size() == capacity) {
                assertThrows(CapacityExceededException.class, () -> counters.counter(label), where);
            } else {
                Counter counter = counters.counter(label);
                assertEquals(model.merge(label, 3L, Long::sum), counter.add(3), where);
                kept.add(counter);
            }
            if (random.nextInt(8) == 0) {
                state.commit();
                committed = new LinkedHashMap<>(model);
            } else if (random.nextInt(4) == 0) {
                state.rollback();
                model = new LinkedHashMap<>(committed);
            }
            Counter old = kept.get(random.nextInt(kept.size()));
            if (model.containsKey(old.label())) {
                // The same counter, or one of that label whose creation was rolled back and done again.
                if (counters.counter(old.label()) == old) {
                    assertEquals(model.get(old.label()), old.get(), where);
                }
            } else {
                assertThrows(IllegalStateException.class, () -> old.add(1), where);
            }
            assertEquals(
                    List.copyOf(model.entrySet()),
                    List.copyOf(contents(counters).entrySet()),
                    where);
        }
    }

    @Test
    void shouldFindTheSameCounterByItsLabel() {
        Counters counters = state.counters("counters", 3);
        Counter orders = counters.counter("orders");
        orders.set(40);
        assertEquals(42, orders.add(2));
        assertSame(orders, counters.counter("orders"));
        state.commit();
        assertSame(orders, counters.counter("orders"));
        assertEquals("orders", orders.label());
        assertEquals(1, counters.size());
        assertEquals(3, counters.capacity());
    }

    @Test
    void shouldRefuseACounterBeyondTheCapacity() {
        Counters counters = state.counters("counters", 2);
        counters.counter("one");
        counters.counter("two");
        Refusals.assertRefuses(
                memory,
                CapacityExceededException.class,
                () -> counters.counter("three"),
                "counters",
                "test/unit",
                "2",
                "three",
                "`state`");
        assertEquals(0, counters.counter("two").get());
    }

    @Test
    void shouldRefuseLabelsThatCannotBeShown() {
        Counters counters = state.counters("counters", 2);
        for (String label : new String[] {"", "a\nb", "x".repeat(49), "\u00e4".repeat(25)}) {
            Refusals.assertRefuses(memory, IllegalArgumentException.class, () -> counters.counter(label), "48");
        }
        counters.counter("\u00e4".repeat(24)).set(1);
        state.commit();
        assertEquals(
                1,
                TestSegments.snapshot(TestSegments.read(memory))
                        .counters("counters")
                        .get("\u00e4".repeat(24)));
    }

    @Test
    void shouldNotLetACounterThatWasRolledBackReachAnotherInItsPlace() {
        Counters counters = state.counters("counters", 2);
        state.commit();
        Counter gone = counters.counter("gone");
        gone.set(5);
        state.rollback();
        Refusals.assertRefuses(memory, IllegalStateException.class, () -> gone.set(6), "gone", "Ask for it again");
        Counter other = counters.counter("other");
        other.set(7);
        Refusals.assertRefuses(memory, IllegalStateException.class, () -> gone.add(1), "gone");
        assertThrows(IllegalStateException.class, gone::get);
        assertNotSame(gone, counters.counter("gone"));
        assertEquals(Map.of("other", 7L, "gone", 0L), contents(counters));
    }

    @Test
    void shouldSurviveItsOwner() {
        Counters counters = state.counters("counters", 3);
        counters.counter("orders").set(5);
        state.commit();
        counters.counter("orders").add(1);
        counters.counter("errors").add(1);
        Counters successor = open().counters("counters", 3);
        assertEquals(Map.of("orders", 5L), contents(successor));
        assertEquals(6, successor.counter("orders").add(1));
    }

    @Test
    void shouldStoreNothingOfACreationThatTheUndoLogCannotHold() {
        Counters counters = state.counters("counters", 3);
        RecordTable rows = state.table("rows", layout, 1000);
        Counter orders = counters.counter("orders");
        state.commit();
        Refusals.fillUndoLog(state, rows, number, 90);
        Refusals.assertRefuses(
                memory, UndoLogFullException.class, () -> counters.counter("errors"), "counters", "`state`");
        Refusals.fillUndoLog(state, rows, number, 0);
        Refusals.assertRefuses(memory, UndoLogFullException.class, () -> orders.add(1), "`state`");
        state.rollback();
        assertEquals(1, counters.counter("errors").add(1));
        assertEquals(0, orders.get());
    }

    @Test
    void shouldRefuseAnotherCapacityOrType() {
        state.counters("counters", 3);
        state.table("rows", layout, 3);
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.counters("counters", 4), "capacity 3", "4");
        Refusals.assertRefuses(
                memory, LayoutMismatchException.class, () -> state.counters("rows", 3), "RECORD_TABLE", "COUNTERS");
        Refusals.assertRefuses(
                memory,
                CapacityExceededException.class,
                () -> state.counters("big", Integer.MAX_VALUE),
                "big",
                "`state`");
        assertThrows(IllegalArgumentException.class, () -> state.counters("none", 0));
        assertSame(state.counters("counters", 3), state.counters("counters", 3));
    }

    @Test
    void shouldBeDetachedWhenItsCreationIsRolledBack() {
        Counters counters = state.counters("counters", 3);
        Counter orders = counters.counter("orders");
        state.rollback();
        assertThrows(IllegalStateException.class, () -> counters.counter("orders"));
        assertThrows(IllegalStateException.class, counters::size);
        assertThrows(IllegalStateException.class, orders::get);
        state.counters("counters", 3).counter("errors");
        assertThrows(IllegalStateException.class, () -> orders.set(1));
    }

    @Test
    void shouldTellWhatItTakesOfASegment() {
        long before = state.freeBytes();
        state.counters("counters", 7);
        assertEquals(Counters.sizeBytes(7), before - state.freeBytes());
    }

    @Test
    void shouldShowPeersTheValuesByLabel() {
        Counters counters = state.counters("counters", 5);
        counters.counter("orders").set(5);
        counters.counter("errors").set(-1);
        state.commit();
        counters.counter("later").set(9);
        StateView view = TestSegments.snapshot(TestSegments.read(memory));
        CountersView peers = view.counters("counters");
        assertEquals(List.of("orders", "errors"), List.copyOf(peers.values().keySet()));
        assertEquals(-1, peers.get("errors"));
        assertEquals(2, peers.size());
        assertEquals(2, view.used("counters"));
        assertEquals(5, peers.capacity());
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> peers.get("later"));
        assertTrue(String.valueOf(refusal.getMessage()).contains("orders"));
        assertThrows(UnsupportedOperationException.class, () -> peers.values().put("x", 1L));
    }

    @Test
    void shouldNoticeDamage() {
        Counters counters = state.counters("tallies", 3);
        counters.counter("aa");
        counters.counter("ab");
        state.commit();
        long data = Refusals.data(state, "tallies");
        for (long hostile : new long[] {-1, 3, 4, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Refusals.assertReadersNotice(memory, data + CountersLayout.COUNT_OFFSET, hostile, "tallies", "capacity");
        }
        long second = CountersLayout.labelOffset(data, 1, 3);
        for (long hostile : new long[] {-1, 0, 49, 1L << 32, Long.MAX_VALUE}) {
            Refusals.assertReadersNotice(memory, second + CountersLayout.LABEL_LENGTH_OFFSET, hostile, "counter 1");
        }
        long label = second + CountersLayout.LABEL_BYTES_OFFSET;
        Refusals.assertReadersNotice(memory, label, 0, "control characters");
        Refusals.assertReadersNotice(memory, label, -1, "not UTF-8");
        Refusals.assertReadersNotice(memory, label, memory.getLong(label - CountersLayout.LABEL_LENGTH), "two", "aa");
        memory.putLong(label, -1);
        State successor = open();
        Refusals.assertRefuses(
                memory, SegmentDamagedException.class, () -> successor.counters("tallies", 3), "tallies", "UTF-8");
        memory.putLong(data + CountersLayout.COUNT_OFFSET, 4);
        Refusals.assertRefuses(memory, SegmentDamagedException.class, () -> counters.counter("x"), "tallies", "4");
    }
}
