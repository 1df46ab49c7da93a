package io.coppice.ops.torture;

import io.coppice.ops.torture.HeapModel.Item;
import io.coppice.ops.torture.job.Structures;
import io.coppice.state.AppendLogView;
import io.coppice.state.PoolView;
import io.coppice.state.QueueView;
import io.coppice.state.RecordView;
import io.coppice.state.StateView;
import io.coppice.state.StringLongMapView;
import io.coppice.state.StringRecordMapView;
import io.coppice.state.TableView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares the whole contents of a writer's segment, as of one commit, with the model. Pure. */
final class ContentsCheck {
    /** Of a value in a difference; the rest is in the segment, which is kept. */
    private static final int LONGEST_TEXT = 200;

    private final StateView found;
    private final HeapModel wanted;
    private final List<String> differences = new ArrayList<>();

    private ContentsCheck(StateView found, HeapModel wanted) {
        this.found = found;
        this.wanted = wanted;
    }

    /**
     * What differs, in words; empty if nothing does.
     *
     * @param wanted at the step that the contents say they are of
     */
    static List<String> differences(StateView found, HeapModel wanted) {
        ContentsCheck check = new ContentsCheck(found, wanted);
        check.progress();
        check.records();
        check.maps();
        check.sequences();
        check.pool();
        check.equal(
                Structures.COUNTS,
                wanted.counts,
                new TreeMap<>(found.counters(Structures.COUNTS).values()));
        check.equal(
                Structures.CHANNEL,
                wanted.sent(),
                found.ring(Structures.CHANNEL).messages());
        check.equal(
                Structures.BROADCAST,
                wanted.broadcasts,
                found.ring(Structures.BROADCAST).messages());
        return check.differences;
    }

    private void equal(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            differences.add(what + ": expected " + cut(expected) + ", found " + cut(actual));
        }
    }

    private static String cut(Object value) {
        String text = value.toString();
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }

    private void progress() {
        RecordView progress = found.record(Structures.PROGRESS, Structures.PROGRESS_LAYOUT);
        long step = progress.get(Structures.STEP);
        equal("step", wanted.step, step);
        equal("twice the step", 2 * step, progress.get(Structures.TWICE));
        if (step > 0) {
            equal("checksum of the step", Structures.checksum(step), progress.get(Structures.CHECKSUM));
        }
    }

    private static Item item(RecordView record) {
        return new Item(
                record.get(Structures.NUMBER),
                record.get(Structures.FRACTION),
                Arrays.toString(record.get(Structures.CONTENT)));
    }

    /** As {@link #item}, of a record that may never have been set. */
    private static Item itemOrEmpty(RecordView record) {
        Item item = item(record);
        return item.equals(new Item(0, 0, "[]")) ? Item.EMPTY : item;
    }

    private static Item normal(Item item) {
        return item.equals(new Item(0, 0, "[]")) ? Item.EMPTY : item;
    }

    private void records() {
        equal(
                Structures.RECORD,
                normal(wanted.record),
                itemOrEmpty(found.record(Structures.RECORD, Structures.ITEM_LAYOUT)));
        TableView table = found.table(Structures.TABLE, Structures.ITEM_LAYOUT);
        equal("rows of the table", wanted.table.length, table.rows());
        for (int row = 0; row < wanted.table.length; row++) {
            equal("row " + row + " of the table", normal(wanted.table[row]), itemOrEmpty(table.row(row)));
        }
    }

    private void maps() {
        StringLongMapView strings = found.stringLongMap(Structures.STRINGS);
        SortedMap<String, Long> byVisit = new TreeMap<>();
        strings.forEach((key, length, value) -> byVisit.put(text(key, length), value));
        equal(Structures.STRINGS, wanted.strings, byVisit);
        wanted.strings.forEach(
                (key, value) -> equal(Structures.STRINGS + " at " + key, value, strings.get(key, ~value)));

        SortedMap<Long, Long> longs = new TreeMap<>();
        found.longLongMap(Structures.LONGS).forEach((key, value) -> longs.put(key, value));
        equal(Structures.LONGS, wanted.longs, longs);
        wanted.longs.forEach((key, value) -> equal(
                Structures.LONGS + " at " + key,
                value,
                found.longLongMap(Structures.LONGS).get(key, ~value)));

        SortedMap<Long, Item> longRecords = new TreeMap<>();
        var longView = found.longRecordMap(Structures.LONG_RECORDS, Structures.ITEM_LAYOUT);
        longView.forEach((key, record) -> longRecords.put(key, item(record)));
        equal(Structures.LONG_RECORDS, wanted.longRecords, longRecords);
        wanted.longRecords.forEach((key, value) -> found(Structures.LONG_RECORDS, key, value, longView.find(key)));

        StringRecordMapView stringView = found.stringRecordMap(Structures.STRING_RECORDS, Structures.ITEM_LAYOUT);
        SortedMap<String, Item> stringRecords = new TreeMap<>();
        stringView.forEach((key, record) -> stringRecords.put(text(key, key.length), item(record)));
        equal(Structures.STRING_RECORDS, wanted.stringRecords, stringRecords);
        wanted.stringRecords.forEach(
                (key, value) -> found(Structures.STRING_RECORDS, key, value, stringView.find(key)));
    }

    private static String text(byte[] key, int length) {
        return new String(key, 0, length, StandardCharsets.UTF_8);
    }

    private void found(String map, Object key, Item value, Optional<RecordView> record) {
        equal(map + " at " + key, Optional.of(value), record.map(ContentsCheck::item));
    }

    private void sequences() {
        QueueView queue = found.queue(Structures.QUEUE, Structures.ITEM_LAYOUT);
        List<Item> queued = new ArrayList<>();
        for (int i = 0; i < queue.size(); i++) {
            queued.add(item(queue.record(i)));
        }
        equal(Structures.QUEUE, List.copyOf(wanted.queue), queued);
        equal("records taken out of the queue", wanted.queueRemoved, queue.removed());

        AppendLogView log = found.appendLog(Structures.LOG);
        equal("next sequence of the log", wanted.logNext, log.nextSequence());
        equal("first sequence of the log", wanted.logNext - wanted.log.size(), log.firstSequence());
        List<String> entries = new ArrayList<>();
        for (long sequence = log.firstSequence(); sequence < log.nextSequence(); sequence++) {
            entries.add(Arrays.toString(log.entry(sequence)));
        }
        equal(Structures.LOG, wanted.log.stream().map(Arrays::toString).toList(), entries);
    }

    private void pool() {
        PoolView pool = found.pool(Structures.POOL, Structures.ITEM_LAYOUT);
        SortedMap<Long, Item> used = new TreeMap<>();
        for (long handle : pool.handles()) {
            Item item = item(pool.record(handle));
            used.put(item.number(), item);
        }
        equal("records in use of the pool", wanted.pool.size(), pool.handles().size());
        equal(Structures.POOL, (Map<Long, Item>) wanted.pool, used);
    }
}
