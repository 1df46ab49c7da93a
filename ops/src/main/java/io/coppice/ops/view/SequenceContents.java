package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.state.AppendLogView;
import io.coppice.state.CountersView;
import io.coppice.state.PoolView;
import io.coppice.state.QueueView;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Queues, append logs, pools and counters, for {@link SegmentContents}: how full they are, and their first elements. */
final class SequenceContents {
    private final int limit;

    /** @param limit most elements of each that are shown, 0 or more */
    SequenceContents(int limit) {
        this.limit = limit;
    }

    void addQueue(QueueView queue, List<String> lines) {
        int shown = Math.min(queue.size(), limit);
        lines.add("  " + count(queue.size(), "record", "records") + heading(shown, ", the oldest first:"));
        for (int i = 0; i < shown; i++) {
            lines.add("  [" + i + "] " + Fields.inLine(queue.record(i)));
        }
        SegmentContents.addMore(queue.size() - shown, "records", lines);
    }

    void addLog(AppendLogView log, List<String> lines) {
        int shown = Math.min(log.size(), limit);
        lines.add("  " + count(log.size(), "entry", "entries") + " in " + log.usedBytes() + " bytes"
                + heading(shown, ", the oldest first:"));
        for (int i = 0; i < shown; i++) {
            long sequence = log.firstSequence() + i;
            lines.add("  " + sequence + "  " + Text.shown(log.entry(sequence)));
        }
        SegmentContents.addMore(log.size() - shown, "entries", lines);
    }

    void addPool(PoolView pool, List<String> lines) {
        int shown = Math.min(pool.inUse(), limit);
        lines.add("  " + pool.inUse() + " in use" + heading(shown, ", by handle:"));
        for (long handle : pool.handles().subList(0, shown)) {
            lines.add("  " + handle + "  " + Fields.inLine(pool.record(handle)));
        }
        SegmentContents.addMore(pool.inUse() - shown, "records", lines);
    }

    void addCounters(CountersView counters, List<String> lines) {
        int shown = Math.min(counters.size(), limit);
        lines.add("  " + count(counters.size(), "counter", "counters") + heading(shown, ":"));
        counters.values().entrySet().stream()
                .limit(shown)
                .forEach(counter -> lines.add("  " + Printable.of(counter.getKey()) + "  " + counter.getValue()));
        SegmentContents.addMore(counters.size() - shown, "counters", lines);
    }

    void writeQueue(QueueView queue, JsonGenerator json) throws IOException {
        json.writeStringField("type", "queue");
        json.writeNumberField("records", queue.size());
        json.writeNumberField("capacity", queue.capacity());
        json.writeNumberField("removed", queue.removed());
        json.writeArrayFieldStart("first");
        for (int i = 0; i < Math.min(queue.size(), limit); i++) {
            Fields.writeJson(queue.record(i), json);
        }
        json.writeEndArray();
    }

    void writeLog(AppendLogView log, JsonGenerator json) throws IOException {
        json.writeStringField("type", "append_log");
        json.writeNumberField("entries", log.size());
        json.writeNumberField("capacity", log.capacityEntries());
        json.writeNumberField("bytes", log.usedBytes());
        json.writeNumberField("capacity_bytes", log.capacityBytes());
        json.writeNumberField("next_sequence", log.nextSequence());
        json.writeArrayFieldStart("first");
        for (int i = 0; i < Math.min(log.size(), limit); i++) {
            long sequence = log.firstSequence() + i;
            json.writeStartObject();
            json.writeNumberField("sequence", sequence);
            json.writeFieldName("entry");
            Text.writeJson(log.entry(sequence), json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    void writePool(PoolView pool, JsonGenerator json) throws IOException {
        json.writeStringField("type", "pool");
        json.writeNumberField("in_use", pool.inUse());
        json.writeNumberField("capacity", pool.capacity());
        json.writeArrayFieldStart("first");
        for (long handle : pool.handles().subList(0, Math.min(pool.inUse(), limit))) {
            json.writeStartObject();
            json.writeNumberField("handle", handle);
            json.writeFieldName("fields");
            Fields.writeJson(pool.record(handle), json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    void writeCounters(CountersView counters, JsonGenerator json) throws IOException {
        json.writeStringField("type", "counters");
        json.writeNumberField("counters", counters.size());
        json.writeNumberField("capacity", counters.capacity());
        json.writeArrayFieldStart("first");
        int left = limit;
        for (Map.Entry<String, Long> counter : counters.values().entrySet()) {
            if (left-- == 0) {
                break;
            }
            json.writeStartObject();
            json.writeStringField("label", counter.getKey());
            json.writeNumberField("value", counter.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String count(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private static String heading(int shown, String text) {
        return shown == 0 ? "" : text;
    }
}
