package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.ops.view.Palette.Tone;
import io.coppice.state.Checkpoint;
import io.coppice.state.ChecksumVerdict;
import io.coppice.state.CursorView;
import io.coppice.state.FieldInfo;
import io.coppice.state.Header;
import io.coppice.state.RecordView;
import io.coppice.state.RequestsView;
import io.coppice.state.RingView;
import io.coppice.state.StateView;
import io.coppice.state.StructureInfo;
import io.coppice.state.StructureType;
import io.coppice.state.TableView;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a segment holds as of one commit, told from the segment's own directory: no user class is needed.
 *
 * @param header the segment's identity
 * @param checksum whether its arena is what the last commit left, by the checksum that it keeps
 * @param view its structures
 * @param checkpoints that it keeps, newest first
 * @param limit most elements of a structure (keys of a map, rows of a table, …) that are shown, 0 or more
 * @param hex whether to show the structures' bytes in place of what they mean, at most {@code limit} lines of 16 each
 */
public record SegmentContents(
        Header header, ChecksumVerdict checksum, StateView view, List<Checkpoint> checkpoints, int limit, boolean hex) {
    /** Of a segment whose checksum and checkpoints do not matter. */
    public SegmentContents(Header header, StateView view, int limit) {
        this(header, ChecksumVerdict.NONE, view, List.of(), limit, false);
    }

    /** For people: a line per structure, its contents indented below. */
    public List<String> lines(Palette palette) {
        List<String> lines = new ArrayList<>();
        lines.add(palette.paint(Tone.HEADING, Printable.of(header.instance() + "/" + header.name())) + ": commit "
                + view.commitSequence() + ", timeline " + view.timeline() + ", created "
                + Instant.ofEpochMilli(header.createdEpochMs()) + ", " + header.lengthBytes() / 1024 + " KiB, checksum "
                + checksumWord());
        if (checksum == ChecksumVerdict.WRONG) {
            lines.add(palette.paint(Tone.BAD, "damaged") + ": this is not, or not all, what its last commit left");
        }
        for (Checkpoint checkpoint : checkpoints) {
            lines.add("checkpoint " + checkpoint.number() + ": commit " + checkpoint.commitSequence() + ", timeline "
                    + checkpoint.timeline() + ", taken " + Instant.ofEpochMilli(checkpoint.createdEpochMs()) + ", "
                    + (checkpoint.dataBytes() + 1023) / 1024 + " KiB");
        }
        if (view.structures().isEmpty()) {
            lines.add("no structures yet");
        }
        for (StructureInfo structure : view.structures()) {
            lines.add(palette.paint(Tone.HEADING, Printable.of(structure.name())) + ": " + kind(structure)
                    + (hex
                            ? ", " + structure.lengthBytes() + " bytes at byte " + structure.offsetBytes()
                                    + " of the segment"
                            : ""));
            if (hex) {
                lines.addAll(dump(structure).lines());
                if (structure.type() == StructureType.CHANNEL || structure.type() == StructureType.BROADCAST) {
                    lines.add("  its ring, the last " + structure.capacity() + " bytes, is not copied");
                }
                continue;
            }
            switch (structure.type()) {
                case RECORD, PUBLISHED_RECORD -> addRecord(view.record(structure.name()), lines);
                case RECORD_TABLE -> addTable(view.table(structure.name()), lines);
                case STRING_LONG_MAP, LONG_LONG_MAP, LONG_RECORD_MAP, STRING_RECORD_MAP ->
                    addMap(map(structure), lines);
                case CHANNEL, BROADCAST -> addRing(view.ring(structure.name()), lines);
                case CURSOR -> addCursor(view.cursor(structure.name()), lines);
                case QUEUE -> new SequenceContents(limit).addQueue(view.queue(structure.name()), lines);
                case APPEND_LOG -> new SequenceContents(limit).addLog(view.appendLog(structure.name()), lines);
                case POOL -> new SequenceContents(limit).addPool(view.pool(structure.name()), lines);
                case COUNTERS -> new SequenceContents(limit).addCounters(view.counters(structure.name()), lines);
                case REQUESTS -> new RequestContents(limit).add(view.requests(structure.name()), lines);
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
            json.writeNumberField("timeline", view.timeline());
            json.writeStringField(
                    "created", Instant.ofEpochMilli(header.createdEpochMs()).toString());
            json.writeNumberField("length_bytes", header.lengthBytes());
            json.writeStringField("checksum", checksumWord());
            json.writeArrayFieldStart("checkpoints");
            for (Checkpoint checkpoint : checkpoints) {
                json.writeStartObject();
                json.writeNumberField("number", checkpoint.number());
                json.writeNumberField("commits", checkpoint.commitSequence());
                json.writeNumberField("timeline", checkpoint.timeline());
                json.writeStringField(
                        "taken",
                        Instant.ofEpochMilli(checkpoint.createdEpochMs()).toString());
                json.writeNumberField("bytes", checkpoint.dataBytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("structures");
            for (StructureInfo structure : view.structures()) {
                writeStructure(structure, json);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private String checksumWord() {
        return checksum.name().toLowerCase(Locale.ROOT);
    }

    private HexDump dump(StructureInfo structure) {
        return new HexDump(view.bytes(structure.name()), limit);
    }

    private String kind(StructureInfo structure) {
        return switch (structure.type()) {
            case RECORD -> "record";
            case PUBLISHED_RECORD -> "published record";
            case RECORD_TABLE -> "table of " + structure.capacity() + " rows";
            case STRING_LONG_MAP ->
                "map, at most " + structure.capacity() + " keys of " + structure.maxKeyBytes() + " bytes";
            case LONG_LONG_MAP -> "map from longs, at most " + structure.capacity() + " keys";
            case LONG_RECORD_MAP -> "map from longs to records, at most " + structure.capacity() + " keys";
            case STRING_RECORD_MAP ->
                "map to records, at most " + structure.capacity() + " keys of " + structure.maxKeyBytes() + " bytes";
            case CHANNEL -> "channel, ring of " + structure.capacity() + " bytes";
            case BROADCAST -> "broadcast, ring of " + structure.capacity() + " bytes";
            case CURSOR -> "cursor";
            case REQUESTS -> {
                RequestsView requests = view.requests(structure.name());
                yield "transactions, at most " + requests.capacity() + " requests with inputs of "
                        + requests.maxInputBytes() + " bytes";
            }
            case QUEUE -> "queue, at most " + structure.capacity() + " records";
            case APPEND_LOG ->
                "append log, at most " + structure.capacity() + " entries and "
                        + view.appendLog(structure.name()).capacityBytes() + " bytes";
            case POOL ->
                structure.capacity() == 0 ? "pool, disabled" : "pool, at most " + structure.capacity() + " records";
            case COUNTERS -> "counters, at most " + structure.capacity();
        };
    }

    private static void addRecord(RecordView record, List<String> lines) {
        int width = 0;
        for (FieldInfo field : record.fields()) {
            width = Math.max(width, field.name().length());
        }
        for (FieldInfo field : record.fields()) {
            String name = Printable.of(field.name());
            lines.add(
                    "  " + name + " ".repeat(Math.max(0, width - name.length())) + "  " + Fields.value(record, field));
        }
    }

    private void addTable(TableView table, List<String> lines) {
        int shown = Math.min(table.rows(), limit);
        for (int i = 0; i < shown; i++) {
            lines.add("  [" + i + "] " + Fields.inLine(table.row(i)));
        }
        addMore(table.rows() - shown, "rows", lines);
    }

    private MapContents map(StructureInfo structure) {
        String name = structure.name();
        return switch (structure.type()) {
            case STRING_LONG_MAP -> MapContents.of(view.stringLongMap(name), limit);
            case LONG_LONG_MAP -> MapContents.of(view.longLongMap(name), limit);
            case LONG_RECORD_MAP -> MapContents.of(view.longRecordMap(name), limit);
            case STRING_RECORD_MAP -> MapContents.of(view.stringRecordMap(name), limit);
            default -> throw new IllegalArgumentException(structure.type() + " is no map");
        };
    }

    private static void addMap(MapContents map, List<String> lines) {
        lines.add("  " + map.size() + (map.size() == 1 ? " key" : " keys")
                + (map.first().isEmpty() ? "" : ", in order of keys:"));
        for (MapContents.Line line : map.first()) {
            lines.add("  " + line.text());
        }
        addMore(map.size() - map.first().size(), "keys", lines);
    }

    private static void addRing(RingView ring, List<String> lines) {
        lines.add("  " + messages(ring.messages()) + " sent, end at byte " + ring.positionBytes() + ", timeline "
                + ring.timeline());
        if (!ring.receivers().isEmpty()) {
            lines.add("  " + messages(ring.waitingMessages()) + " in " + ring.waitingBytes()
                    + " bytes not known to be read by "
                    + ring.receivers().stream().map(Printable::of).collect(Collectors.joining(", ")));
        }
    }

    private static void addCursor(CursorView cursor, List<String> lines) {
        lines.add("  " + messages(cursor.messages()) + " read, up to byte " + cursor.positionBytes() + ", timeline "
                + cursor.timeline());
    }

    private static String messages(long count) {
        return count + (count == 1 ? " message" : " messages");
    }

    static void addMore(int count, String what, List<String> lines) {
        if (count > 0) {
            lines.add("  … " + count + " more " + what + " (--limit N)");
        }
    }

    private void writeStructure(StructureInfo structure, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", structure.name());
        switch (structure.type()) {
            case RECORD, PUBLISHED_RECORD -> {
                json.writeStringField("type", "record");
                json.writeBooleanField("published", structure.type() == StructureType.PUBLISHED_RECORD);
                json.writeFieldName("fields");
                Fields.writeJson(view.record(structure.name()), json);
            }
            case RECORD_TABLE -> writeTable(view.table(structure.name()), json);
            case STRING_LONG_MAP, LONG_LONG_MAP, LONG_RECORD_MAP, STRING_RECORD_MAP -> writeMap(map(structure), json);
            case CHANNEL, BROADCAST -> writeRing(view.ring(structure.name()), json);
            case CURSOR -> writeCursor(view.cursor(structure.name()), json);
            case QUEUE -> new SequenceContents(limit).writeQueue(view.queue(structure.name()), json);
            case APPEND_LOG -> new SequenceContents(limit).writeLog(view.appendLog(structure.name()), json);
            case POOL -> new SequenceContents(limit).writePool(view.pool(structure.name()), json);
            case COUNTERS -> new SequenceContents(limit).writeCounters(view.counters(structure.name()), json);
            case REQUESTS -> new RequestContents(limit).write(view.requests(structure.name()), json);
        }
        if (hex) {
            json.writeNumberField("offset_bytes", structure.offsetBytes());
            json.writeNumberField("length_bytes", structure.lengthBytes());
            json.writeStringField("hex", dump(structure).digits());
        }
        json.writeEndObject();
    }

    private void writeTable(TableView table, JsonGenerator json) throws IOException {
        json.writeStringField("type", "table");
        json.writeNumberField("rows", table.rows());
        json.writeArrayFieldStart("first");
        for (int i = 0; i < Math.min(table.rows(), limit); i++) {
            Fields.writeJson(table.row(i), json);
        }
        json.writeEndArray();
    }

    private static void writeMap(MapContents map, JsonGenerator json) throws IOException {
        json.writeStringField("type", "map");
        json.writeNumberField("keys", map.size());
        json.writeNumberField("capacity", map.capacity());
        json.writeArrayFieldStart("first");
        for (MapContents.Line line : map.first()) {
            json.writeStartObject();
            json.writeFieldName("key");
            line.key().write(json);
            json.writeFieldName("value");
            line.value().write(json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeRing(RingView ring, JsonGenerator json) throws IOException {
        boolean channel = !ring.receivers().isEmpty();
        json.writeStringField("type", channel ? "channel" : "broadcast");
        json.writeNumberField("capacity_bytes", ring.capacityBytes());
        json.writeNumberField("timeline", ring.timeline());
        json.writeNumberField("messages", ring.messages());
        json.writeNumberField("end_byte", ring.positionBytes());
        if (channel) {
            json.writeNumberField("waiting_messages", ring.waitingMessages());
            json.writeNumberField("waiting_bytes", ring.waitingBytes());
            json.writeArrayFieldStart("receivers");
            for (String receiver : ring.receivers()) {
                json.writeString(receiver);
            }
            json.writeEndArray();
        }
    }

    private static void writeCursor(CursorView cursor, JsonGenerator json) throws IOException {
        json.writeStringField("type", "cursor");
        json.writeNumberField("timeline", cursor.timeline());
        json.writeNumberField("messages", cursor.messages());
        json.writeNumberField("end_byte", cursor.positionBytes());
    }
}
