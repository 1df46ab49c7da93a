package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.ops.view.Palette.Tone;
import io.coppice.state.root.Asker;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * One event of the root's log.
 *
 * @param sequence counts up by one from the first event of the segment
 * @param daemon empty: the root itself
 * @param type a word such as {@code exited}
 * @param pid 0 if none
 * @param incarnation 0 if none
 * @param by who asked for it; empty if nobody did, or nobody knows
 */
public record EventRow(
        long sequence,
        long epochMs,
        Optional<String> daemon,
        String type,
        long pid,
        long incarnation,
        Optional<Asker> by,
        String text) {
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    /**
     * One line for people.
     *
     * @param nameWidth of the column of names
     * @param users what they are called
     */
    public String line(Palette palette, ZoneId zone, int nameWidth, LongFunction<String> users) {
        String name = daemon.orElse("root");
        StringBuilder line = new StringBuilder();
        line.append(palette.paint(
                Tone.FAINT, LOCAL_TIME.format(Instant.ofEpochMilli(epochMs).atZone(zone))));
        line.append("  ").append(name).append(" ".repeat(Math.max(0, nameWidth - name.length())));
        line.append("  ").append(palette.paint(tone(), Printable.of(type)));
        if (incarnation > 0) {
            line.append("  incarnation ").append(incarnation);
        }
        if (pid > 0) {
            line.append("  pid ").append(pid);
        }
        by.ifPresent(asker -> line.append("  by ")
                .append(users.apply(asker.uid()))
                .append(asker.pid() > 0 ? " (pid " + asker.pid() + ")" : ""));
        if (!text.isEmpty()) {
            line.append("  ").append(Printable.of(text));
        }
        return line.toString();
    }

    /** One JSON object on one line, with the line end. */
    public void writeJson(OutputStream out) throws IOException {
        try (JsonGenerator json = JsonLines.generator(out)) {
            json.writeStartObject();
            json.writeNumberField("sequence", sequence);
            json.writeStringField("at", Instant.ofEpochMilli(epochMs).toString());
            json.writeStringField("daemon", daemon.orElse(null));
            json.writeStringField("type", type);
            positiveOrNull("pid", pid, json);
            positiveOrNull("incarnation", incarnation, json);
            json.writeStringField("text", text.isEmpty() ? null : text);
            writeBy(json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private void writeBy(JsonGenerator json) throws IOException {
        if (by.isEmpty()) {
            json.writeNullField("by");
            return;
        }
        json.writeObjectFieldStart("by");
        json.writeNumberField("uid", by.get().uid());
        positiveOrNull("pid", by.get().pid(), json);
        json.writeEndObject();
    }

    /** The line that stands in a stream of events for those that the ring no longer holds. */
    public static void writeLostJson(long count, OutputStream out) throws IOException {
        try (JsonGenerator json = JsonLines.generator(out)) {
            json.writeStartObject();
            json.writeStringField("type", "lost");
            json.writeNumberField("count", count);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private Tone tone() {
        return switch (type) {
            case "ready", "completed", "adopted", "recovered", "healthy" -> Tone.GOOD;
            case "failed",
                    "exited",
                    "heartbeat-lost",
                    "start-timed-out",
                    "stop-timed-out",
                    "spawn-failed",
                    "fell-back",
                    "unhealthy",
                    "group-failed",
                    "gave-up",
                    "kill-unanswered",
                    "reload-failed",
                    "notify-failed",
                    "not-permitted",
                    "file-lost" -> Tone.BAD;
            default -> Tone.CHANGING;
        };
    }

    private static void positiveOrNull(String name, long value, JsonGenerator json) throws IOException {
        if (value > 0) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }
}
