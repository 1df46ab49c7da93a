package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.ops.view.Palette.Tone;
import io.coppice.state.FieldInfo;
import io.coppice.state.Header;
import io.coppice.state.MapView;
import io.coppice.state.RecordView;
import io.coppice.state.StateView;
import io.coppice.state.StructureInfo;
import io.coppice.state.TableView;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What a segment holds as of one commit, told from the segment's own directory: no user class is needed.
 *
 * @param header the segment's identity
 * @param view its structures
 * @param limit most keys of a map and rows of a table that are shown, 0 or more
 */
public record SegmentContents(Header header, StateView view, int limit) {
    private static final Comparator<Entry> BY_KEY = (a, b) -> Arrays.compareUnsigned(a.key(), b.key());

    /** For people: a line per structure, its contents indented below. */
    public List<String> lines(Palette palette) {
        List<String> lines = new ArrayList<>();
        lines.add(palette.paint(Tone.HEADING, Printable.of(header.instance() + "/" + header.name())) + ": commit "
                + view.commitSequence() + ", timeline " + header.timeline() + ", created "
                + Instant.ofEpochMilli(header.createdEpochMs()) + ", " + header.lengthBytes() / 1024 + " KiB");
        if (view.structures().isEmpty()) {
            lines.add("no structures yet");
        }
        for (StructureInfo structure : view.structures()) {
            lines.add(palette.paint(Tone.HEADING, Printable.of(structure.name())) + ": " + kind(structure));
            switch (structure.type()) {
                case RECORD, PUBLISHED_RECORD -> addRecord(view.record(structure.name()), lines);
                case RECORD_TABLE -> addTable(view.table(structure.name()), lines);
                case STRING_LONG_MAP -> addMap(view.map(structure.name()), lines);
            }
        }
        return lines;
    }

    /** For tools: one object and a line end; leaves the stream open. Bytes that are no UTF-8 are {@code {"base64": …}}. */
    public void writeJson(OutputStream out) throws IOException {
        try (JsonGenerator json = JsonLines.generator(out)) {
            json.writeStartObject();
            json.writeStringField("instance", header.instance());
            json.writeStringField("name", header.name());
            json.writeNumberField("commits", view.commitSequence());
            json.writeNumberField("timeline", header.timeline());
            json.writeStringField(
                    "created", Instant.ofEpochMilli(header.createdEpochMs()).toString());
            json.writeNumberField("length_bytes", header.lengthBytes());
            json.writeArrayFieldStart("structures");
            for (StructureInfo structure : view.structures()) {
                writeStructure(structure, json);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static String kind(StructureInfo structure) {
        return switch (structure.type()) {
            case RECORD -> "record";
            case PUBLISHED_RECORD -> "published record";
            case RECORD_TABLE -> "table of " + structure.capacity() + " rows";
            case STRING_LONG_MAP ->
                "map, at most " + structure.capacity() + " keys of " + structure.maxKeyBytes() + " bytes";
        };
    }

    private static void addRecord(RecordView record, List<String> lines) {
        int width = 0;
        for (FieldInfo field : record.fields()) {
            width = Math.max(width, field.name().length());
        }
        for (FieldInfo field : record.fields()) {
            String name = Printable.of(field.name());
            lines.add("  " + name + " ".repeat(Math.max(0, width - name.length())) + "  " + value(record, field));
        }
    }

    private void addTable(TableView table, List<String> lines) {
        int shown = Math.min(table.rows(), limit);
        for (int i = 0; i < shown; i++) {
            StringBuilder line = new StringBuilder("  [" + i + "]");
            for (FieldInfo field : table.fields()) {
                line.append(' ').append(Printable.of(field.name())).append('=').append(value(table.row(i), field));
            }
            lines.add(line.toString());
        }
        addMore(table.rows() - shown, "rows", lines);
    }

    private void addMap(MapView map, List<String> lines) {
        List<Entry> first = firstEntries(map);
        lines.add("  " + map.size() + (map.size() == 1 ? " key" : " keys")
                + (first.isEmpty() ? "" : ", in order of keys:"));
        for (Entry entry : first) {
            lines.add("  " + Text.shown(entry.key()) + "  " + entry.value());
        }
        addMore(map.size() - first.size(), "keys", lines);
    }

    private static void addMore(int count, String what, List<String> lines) {
        if (count > 0) {
            lines.add("  … " + count + " more " + what + " (--limit N)");
        }
    }

    private static String value(RecordView record, FieldInfo field) {
        return switch (field.type()) {
            case INT64 -> Long.toString(record.int64(field.name()));
            case FLOAT64 -> Double.toString(record.float64(field.name()));
            case BYTES -> Text.shown(record.bytes(field.name()));
        };
    }

    private void writeStructure(StructureInfo structure, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", structure.name());
        switch (structure.type()) {
            case RECORD, PUBLISHED_RECORD -> {
                json.writeStringField("type", "record");
                json.writeObjectFieldStart("fields");
                writeFields(view.record(structure.name()), json);
                json.writeEndObject();
            }
            case RECORD_TABLE -> writeTable(view.table(structure.name()), json);
            case STRING_LONG_MAP -> writeMap(view.map(structure.name()), json);
        }
        json.writeEndObject();
    }

    private void writeTable(TableView table, JsonGenerator json) throws IOException {
        json.writeStringField("type", "table");
        json.writeNumberField("rows", table.rows());
        json.writeArrayFieldStart("first");
        for (int i = 0; i < Math.min(table.rows(), limit); i++) {
            json.writeStartObject();
            writeFields(table.row(i), json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeMap(MapView map, JsonGenerator json) throws IOException {
        json.writeStringField("type", "map");
        json.writeNumberField("keys", map.size());
        json.writeNumberField("capacity", map.capacity());
        json.writeArrayFieldStart("first");
        for (Entry entry : firstEntries(map)) {
            json.writeStartObject();
            json.writeFieldName("key");
            Text.writeJson(entry.key(), json);
            json.writeNumberField("value", entry.value());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeFields(RecordView record, JsonGenerator json) throws IOException {
        for (FieldInfo field : record.fields()) {
            json.writeFieldName(field.name());
            switch (field.type()) {
                case INT64 -> json.writeNumber(record.int64(field.name()));
                case FLOAT64 -> json.writeNumber(record.float64(field.name()));
                case BYTES -> Text.writeJson(record.bytes(field.name()), json);
            }
        }
    }

    /** The smallest keys, bytewise, so that two looks show the same ones; needs room for {@code limit} entries only. */
    private List<Entry> firstEntries(MapView map) {
        PriorityQueue<Entry> smallest = new PriorityQueue<>(BY_KEY.reversed());
        map.forEach((key, length, value) -> {
            smallest.add(new Entry(Arrays.copyOf(key, length), value));
            if (smallest.size() > limit) {
                smallest.poll();
            }
        });
        List<Entry> sorted = new ArrayList<>(smallest);
        sorted.sort(BY_KEY);
        return sorted;
    }

    private static final class Entry {
        private final byte[] key;
        private final long value;

        Entry(byte[] key, long value) {
            this.key = key;
            this.value = value;
        }

        byte[] key() {
            return key;
        }

        long value() {
            return value;
        }
    }
}
