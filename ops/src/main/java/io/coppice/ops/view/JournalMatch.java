package io.coppice.ops.view;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which entries of the journal are a child's, by what its root recorded: the plan, and where its own output was. Any thread.
 *
 * @param matches as journalctl(1) takes them, all of which an entry must fit
 */
public record JournalMatch(List<String> matches) {
    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.\\\\@-]+\\.service");

    /** More than a unit's name can have. */
    private static final int MAX_BYTES = 512;

    public JournalMatch {
        matches = List.copyOf(matches);
    }

    /**
     * Of one child, of a slot of transactions that of all slots of its daemon; empty if it writes to its log file, or no plan says where.
     *
     * @throws IOException if the record of a root is not what a root writes
     */
    public static Optional<JournalMatch> of(InstanceDirectory instance, String child) throws IOException {
        LogTarget target =
                PlanFile.read(instance).child(child).map(ChildPlan::log).orElse(LogTarget.FILE);
        if (target == LogTarget.FILE) {
            return Optional.empty();
        }
        Optional<String> recorded = unit(instance.journalUnit());
        if (recorded.isEmpty() && target == LogTarget.AUTO) {
            return Optional.empty();
        }
        String unit = recorded.orElse("");
        String identifier = SlotName.logName(child);
        return Optional.of(new JournalMatch(
                unit.isEmpty()
                        ? List.of("SYSLOG_IDENTIFIER=" + instance.name() + "/" + identifier)
                        : List.of("SYSLOG_IDENTIFIER=" + identifier, "_SYSTEMD_UNIT=" + unit)));
    }

    /** The root's unit, or "" for none that identifiers go by; empty if the root's own output was not in the journal. */
    private static Optional<String> unit(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String unit = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
            if (!unit.isEmpty() && !UNIT.matcher(unit).matches()) {
                throw new IOException(file + " has `" + Printable.of(unit) + "`, expected the name of a service");
            }
            return Optional.of(unit);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** As a person would type it. */
    public String commandLine() {
        return "journalctl " + String.join(" ", matches);
    }
}
