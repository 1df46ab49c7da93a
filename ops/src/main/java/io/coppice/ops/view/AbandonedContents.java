package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.state.Abandoned;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents that steps back of a daemon set aside, as a list.
 *
 * @param name of the daemon
 * @param entries newest first
 */
public record AbandonedContents(String name, List<Entry> entries) {
    /**
     * One file.
     *
     * @param abandoned what its name says
     * @param bytes its length
     * @param at when it was set aside, in words of ISO-8601
     */
    public record Entry(Abandoned abandoned, long bytes, String at) {}

    /** Looks at the files, not into them. One that has vanished meanwhile is left out. */
    public static AbandonedContents of(String name, List<Abandoned> found) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Abandoned abandoned : found) {
            Path file = abandoned.file();
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                entries.add(new Entry(
                        abandoned,
                        attributes.size(),
                        attributes.lastModifiedTime().toString()));
            } catch (NoSuchFileException e) {
                // It made room for newer contents since the directory was read.
            }
        }
        return new AbandonedContents(name, List.copyOf(entries));
    }

    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (entries.isEmpty()) {
            lines.add("nothing of " + name + " is set aside");
        }
        for (Entry entry : entries) {
            lines.add(entry.abandoned().id() + ": timeline " + entry.abandoned().timeline() + " up to commit "
                    + entry.abandoned().commitSequence() + ", set aside " + entry.at() + ", " + entry.bytes() / 1024
                    + " KiB");
        }
        return lines;
    }

    /** For tools: one object and a line end; leaves the stream open. */
    public void writeJson(OutputStream out) throws IOException {
        try (JsonGenerator json = JsonLines.generator(out)) {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeArrayFieldStart("abandoned");
            for (Entry entry : entries) {
                json.writeStartObject();
                json.writeStringField("id", entry.abandoned().id());
                json.writeNumberField("timeline", entry.abandoned().timeline());
                json.writeNumberField("commits", entry.abandoned().commitSequence());
                json.writeStringField("at", entry.at());
                json.writeNumberField("length_bytes", entry.bytes());
                json.writeStringField("file", entry.abandoned().file().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }
}
