package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.state.LongLongMapView;
import io.coppice.state.LongRecordMapView;
import io.coppice.state.RecordView;
import io.coppice.state.StringLongMapView;
import io.coppice.state.StringRecordMapView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What is shown of a map, whatever its keys and values.
 *
 * @param size keys present
 * @param capacity most keys it can hold
 * @param first its smallest keys in order (byte strings bytewise), so that two looks show the same ones
 */
record MapContents(int size, int capacity, List<Line> first) {
    /** One key and its value, as text and as JSON. */
    record Line(String text, Json key, Json value) {}

    /** Writes one JSON value. */
    @FunctionalInterface
    interface Json {
        void write(JsonGenerator json) throws IOException;
    }

    static MapContents of(StringLongMapView map, int limit) {
        Smallest<byte[], Long> smallest = new Smallest<>(Arrays::compareUnsigned, limit);
        map.forEach((key, length, value) -> smallest.add(Arrays.copyOf(key, length), value));
        return new MapContents(map.size(), map.capacity(), smallest.lines((key, value) -> line(key, value)));
    }

    static MapContents of(LongLongMapView map, int limit) {
        Smallest<Long, Long> smallest = new Smallest<>(Long::compare, limit);
        map.forEach(smallest::add);
        return new MapContents(map.size(), map.capacity(), smallest.lines((key, value) -> line(key, value)));
    }

    static MapContents of(LongRecordMapView map, int limit) {
        Smallest<Long, RecordView> smallest = new Smallest<>(Long::compare, limit);
        map.forEach(smallest::add);
        return new MapContents(map.size(), map.capacity(), smallest.lines((key, value) -> line(key, value)));
    }

    static MapContents of(StringRecordMapView map, int limit) {
        Smallest<byte[], RecordView> smallest = new Smallest<>(Arrays::compareUnsigned, limit);
        map.forEach(smallest::add);
        return new MapContents(map.size(), map.capacity(), smallest.lines((key, value) -> line(key, value)));
    }

    private static Line line(byte[] key, long value) {
        return new Line(
                Text.shown(key) + "  " + value, json -> Text.writeJson(key, json), json -> json.writeNumber(value));
    }

    private static Line line(long key, long value) {
        return new Line(key + "  " + value, json -> json.writeNumber(key), json -> json.writeNumber(value));
    }

    private static Line line(long key, RecordView value) {
        return new Line(
                key + "  " + Fields.inLine(value),
                json -> json.writeNumber(key),
                json -> Fields.writeJson(value, json));
    }

    private static Line line(byte[] key, RecordView value) {
        return new Line(
                Text.shown(key) + "  " + Fields.inLine(value),
                json -> Text.writeJson(key, json),
                json -> Fields.writeJson(value, json));
    }

    /** The smallest keys seen; needs room for {@code limit} of them only. */
    private static final class Smallest<K, V> {
        private final Comparator<K> order;
        private final int limit;
        private final PriorityQueue<Entry<K, V>> entries;

        private record Entry<K, V>(K key, V value) {}

        /** Makes a line of one key and its value. */
        private interface Show<K, V> {
            Line line(K key, V value);
        }

        Smallest(Comparator<K> order, int limit) {
            this.order = order;
            this.limit = limit;
            this.entries = new PriorityQueue<>((a, b) -> order.compare(b.key(), a.key()));
        }

        void add(K key, V value) {
            entries.add(new Entry<>(key, value));
            if (entries.size() > limit) {
                entries.poll();
            }
        }

        List<Line> lines(Show<K, V> show) {
            List<Entry<K, V>> sorted = new ArrayList<>(entries);
            sorted.sort((a, b) -> order.compare(a.key(), b.key()));
            return sorted.stream()
                    .map(entry -> show.line(entry.key(), entry.value()))
                    .toList();
        }
    }
}
