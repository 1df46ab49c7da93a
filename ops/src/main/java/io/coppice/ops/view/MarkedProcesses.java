package io.coppice.ops.view;

import io.coppice.supervisor.plan.ChildMark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What comes of an instance's children, told by the mark in its environment, not by any record. Any thread. */
public final class MarkedProcesses {
    private MarkedProcesses() {}

    /**
     * A process that is not dead.
     *
     * @param child the daemon or command that it comes of
     */
    public record Marked(String child, long pid, long startTicks) {}

    /** All that may be looked at, in the order of their pids. Reads all of {@code /proc}. */
    public static List<Marked> of(InstanceDirectory instance, ProcFileSystem proc) {
        List<Marked> marked = new ArrayList<>();
        for (ProcessStat process : proc.all()) {
            if (process.alive()) {
                proc.environment(process.pid())
                        .map(variables -> variables.get(ChildMark.VARIABLE))
                        .map(value -> ChildMark.childIn(
                                ChildMark.VARIABLE + "=" + value,
                                instance.path().toString()))
                        .ifPresent(child -> marked.add(new Marked(child, process.pid(), process.startTicks())));
            }
        }
        marked.sort(Comparator.comparingLong(Marked::pid));
        return marked;
    }
}
