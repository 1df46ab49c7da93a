package io.coppice.ops.view;

import io.coppice.ops.view.TextTable.Cell;
import io.coppice.ops.view.TextTable.Column;
import io.coppice.supervisor.plan.SlotName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code ps}: the root at the top, its children, and their descendants. A child belongs under its root also when the kernel
 * gave it another parent, which is so for every child that a later root adopted.
 */
public final class ProcessTree {
    private static final String UNKNOWN = "-";
    private static final int MIN_COMMAND_WIDTH = 10;

    private final ProcFileSystem proc;
    private final Map<Long, List<ProcessStat>> byParent = new HashMap<>();
    private final Map<Long, ProcessStat> byPid = new TreeMap<>();
    private final Set<Long> shown = new HashSet<>();
    private final TextTable table = new TextTable(
            List.of(Column.right("PID"), Column.right("PPID"), Column.left("STATE"), Column.left("COMMAND")));

    private ProcessTree(ProcFileSystem proc) {
        this.proc = proc;
        for (ProcessStat process : proc.all()) {
            byPid.put(process.pid(), process);
            byParent.computeIfAbsent(process.parentPid(), parent -> new ArrayList<>())
                    .add(process);
        }
        byParent.values().forEach(children -> children.sort(Comparator.comparingLong(ProcessStat::pid)));
    }

    /**
     * The lines, heading first, without line ends.
     *
     * @param maxWidth of a line; commands are cut to it
     */
    public static List<String> lines(InstanceStatus status, ProcFileSystem proc, Palette palette, int maxWidth) {
        ProcessTree tree = new ProcessTree(proc);
        tree.addRoot(status.root());
        status.children().forEach(child -> {
            tree.addDaemon(child);
            // Those of a slot are for all slots of its daemon.
            child.standbyProcesses().forEach(standby -> tree.addStandby(SlotName.logName(child.name()), standby));
        });
        if (status.root() instanceof RootLiveness.Running running) {
            tree.addDescendants(running.pid(), 1); // Spawn helpers and whatever else is not a recorded child.
        }
        return tree.table.lines(palette, maxWidth, MIN_COMMAND_WIDTH);
    }

    private void addRoot(RootLiveness root) {
        if (root instanceof RootLiveness.Running running) {
            shown.add(running.pid());
            Optional<ProcessStat> stat = Optional.ofNullable(byPid.get(running.pid()));
            row(
                    Long.toString(running.pid()),
                    stat.map(process -> Long.toString(process.parentPid())).orElse(UNKNOWN),
                    "root",
                    "root: " + proc.command(running.pid()).orElse("(gone)"));
        } else {
            long lastPid = root.lastPid();
            row(
                    lastPid == 0 ? UNKNOWN : Long.toString(lastPid),
                    UNKNOWN,
                    root instanceof RootLiveness.Ended ? "ended" : "dead",
                    "root " + root.words());
        }
    }

    private void addDaemon(DaemonStatus daemon) {
        if (daemon.pid().isEmpty()) {
            return;
        }
        long pid = daemon.pid().getAsLong();
        ProcessStat stat = byPid.get(pid);
        if (stat == null || stat.startTicks() != daemon.startTicks()) {
            row(Long.toString(pid), UNKNOWN, "gone", "\\_ " + daemon.name() + ": (gone)");
            return;
        }
        shown.add(pid);
        boolean notable = stat.state() == 'T' || stat.state() == 't' || stat.state() == 'Z';
        row(
                Long.toString(pid),
                Long.toString(stat.parentPid()),
                notable ? daemon.state() + "/" + stat.stateWord() : daemon.state(),
                "\\_ " + daemon.name() + ": " + proc.command(pid).orElse("(gone)"));
        addDescendants(pid, 2);
        addOrphansOfGroup(pid);
    }

    private void addStandby(String daemon, DaemonStatus.StandbyProcess standby) {
        ProcessStat stat = byPid.get(standby.pid());
        if (stat != null && stat.startTicks() == standby.startTicks()) {
            shown.add(standby.pid());
            row(
                    Long.toString(standby.pid()),
                    Long.toString(stat.parentPid()),
                    standby.phase(),
                    "\\_ " + daemon + " (standby): "
                            + proc.command(standby.pid()).orElse("(gone)"));
            addDescendants(standby.pid(), 2);
        }
    }

    /** A grandchild whose parent died hangs under init, but is still of the group that the root stops. */
    private void addOrphansOfGroup(long group) {
        for (ProcessStat process : byPid.values()) {
            if (process.processGroup() == group && !shown.contains(process.pid())) {
                shown.add(process.pid());
                addProcess(process, 2);
                addDescendants(process.pid(), 3);
            }
        }
    }

    private void addDescendants(long parent, int depth) {
        for (ProcessStat child : byParent.getOrDefault(parent, List.of())) {
            // Pids are read one after another, so a reused one could close a circle.
            if (shown.add(child.pid())) {
                addProcess(child, depth);
                addDescendants(child.pid(), depth + 1);
            }
        }
    }

    private void addProcess(ProcessStat process, int depth) {
        row(
                Long.toString(process.pid()),
                Long.toString(process.parentPid()),
                process.stateWord(),
                "   ".repeat(depth - 1) + "\\_ " + proc.command(process.pid()).orElse("(gone)"));
    }

    private void row(String pid, String parentPid, String state, String command) {
        table.row(List.of(Cell.of(pid), Cell.of(parentPid), Cell.of(state), Cell.of(command)));
    }
}
