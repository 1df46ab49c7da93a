package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.torture.job.Structures;
import io.coppice.state.Record;
import io.coppice.state.State;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a comparison that cannot pass by accident. Method: right contents, then one wrong value in each structure. */
class ContentsCheckTest {
    private static final int STEPS = 600;

    @TempDir
    Path directory;

    private TortureRig rig;
    private final HeapModel model = new HeapModel(TortureRig.SEED, 0);

    @BeforeEach
    void play() throws Exception {
        rig = new TortureRig(directory);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private List<String> differences() throws Exception {
        return ContentsCheck.differences(rig.snapshot(), model);
    }

    @Test
    void shouldFindSegmentAndModelEqualAtEachOfTheFirstSteps() throws Exception {
        assertEquals(List.of(), differences(), "nothing is in either");
        for (int step = 1; step <= STEPS; step++) {
            rig.playTo(step);
            model.advanceTo(step);
            assertEquals(List.of(), differences(), "seed " + TortureRig.SEED + ", step " + step);
        }
    }

    private static void bump(Record record) {
        record.add(Structures.NUMBER, 1);
    }

    private static Map<String, Consumer<State>> plants() {
        Map<String, Consumer<State>> plants = new LinkedHashMap<>();
        plants.put(
                "twice the step",
                state -> state.published(Structures.PROGRESS, Structures.PROGRESS_LAYOUT)
                        .add(Structures.TWICE, 1));
        plants.put(
                "checksum of the step",
                state -> state.published(Structures.PROGRESS, Structures.PROGRESS_LAYOUT)
                        .add(Structures.CHECKSUM, 1));
        plants.put(Structures.RECORD, state -> bump(state.record(Structures.RECORD, Structures.ITEM_LAYOUT)));
        plants.put(
                "row 3 of the table",
                state -> bump(state.table(Structures.TABLE, Structures.ITEM_LAYOUT, Structures.TABLE_ROWS)
                        .row(3)));
        plants.put(Structures.STRINGS, state -> {
            var map = state.stringLongMap(
                    Structures.STRINGS,
                    Structures.MAP_CAPACITY,
                    Structures.LONGEST_KEY_BYTES,
                    Structures.KEY_POOL_BYTES);
            String[] first = new String[1];
            map.forEach((key, length, value) -> first[0] = new String(key, 0, length));
            map.remove(first[0]);
        });
        plants.put(Structures.LONGS, state -> {
            var map = state.longLongMap(Structures.LONGS, Structures.MAP_CAPACITY);
            long[] first = new long[1];
            map.forEach((key, value) -> first[0] = key);
            map.add(first[0], 1);
        });
        plants.put(
                Structures.LONG_RECORDS,
                state -> state.longRecordMap(Structures.LONG_RECORDS, Structures.MAP_CAPACITY, Structures.ITEM_LAYOUT)
                        .forEach((key, record) -> bump(record)));
        plants.put(
                Structures.STRING_RECORDS,
                state -> state.stringRecordMap(
                                Structures.STRING_RECORDS,
                                Structures.MAP_CAPACITY,
                                Structures.LONGEST_KEY_BYTES,
                                Structures.KEY_POOL_BYTES,
                                Structures.ITEM_LAYOUT)
                        .forEach((key, length, record) -> bump(record)));
        plants.put(
                Structures.QUEUE,
                state -> state.queue(Structures.QUEUE, Structures.ITEM_LAYOUT, Structures.QUEUE_CAPACITY)
                        .clear());
        plants.put(
                Structures.LOG,
                state -> state.appendLog(Structures.LOG, Structures.LOG_ENTRIES, Structures.LOG_BYTES)
                        .truncateBefore(state.appendLog(Structures.LOG, Structures.LOG_ENTRIES, Structures.LOG_BYTES)
                                .nextSequence()));
        plants.put(
                Structures.POOL,
                state -> state.pool(Structures.POOL, Structures.ITEM_LAYOUT, Structures.POOL_CAPACITY)
                        .forEach((handle, record) -> bump(record)));
        plants.put(
                Structures.COUNTS,
                state -> state.counters(Structures.COUNTS, Structures.COUNTERS)
                        .counter("label-1")
                        .add(1));
        plants.put(
                Structures.CHANNEL,
                state -> state.channel(
                                Structures.CHANNEL, Structures.CHANNEL_BYTES, Structures.READERS.toArray(new String[0]))
                        .offer(new byte[8]));
        plants.put(
                Structures.BROADCAST,
                state -> state.broadcast(Structures.BROADCAST, Structures.BROADCAST_BYTES)
                        .offer(new byte[8]));
        return plants;
    }

    @Test
    void shouldReportAWrongValueInEachStructure() throws Exception {
        rig.playTo(STEPS);
        model.advanceTo(STEPS);
        assertEquals(List.of(), differences());
        for (Map.Entry<String, Consumer<State>> plant : plants().entrySet()) {
            plant.getValue().accept(rig.state());
            rig.state().commit();
            List<String> found = differences();
            assertTrue(
                    found.stream().anyMatch(text -> text.startsWith(plant.getKey())),
                    plant.getKey() + " is not among " + found);
        }
    }

    @Test
    void shouldReportAStepThatIsMissing() throws Exception {
        rig.playTo(STEPS - 1);
        model.advanceTo(STEPS);
        assertTrue(differences().stream().anyMatch(text -> text.startsWith("step")), "its number");
        assertTrue(differences().size() > 1, "and what it did");
    }
}
