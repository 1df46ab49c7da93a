package io.coppice.ops.view;

import io.coppice.ops.view.Palette.Tone;
import io.coppice.ops.view.TextTable.Cell;
import io.coppice.ops.view.TextTable.Column;
import io.coppice.supervisor.limits.Enforcement;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** {@code status} for people: a line on the root, then a row per daemon, and below it one per slot that runs a transaction. */
public final class StatusTable {
    /** After the restarts; only where a daemon has any. */
    private static final int STANDBYS_AT = 6;

    /** Before the pid; only where each daemon has a user of its own. */
    private static final int USER_AT = 3;

    /** {@code stopped, waiting…}: on a narrow terminal. */
    private static final int MIN_STATE_WIDTH = 17;

    /** How it ended, and when: {@code signal KILL 10m…}. */
    private static final int MIN_CAUSE_WIDTH = 16;

    /** {@code stopped, waiting for database…}: before that, figures are left out. */
    private static final int READABLE_STATE_WIDTH = 30;

    /** {@code hang 3s ago: no heartbeat for 30 s:…}: before that, figures are left out. */
    private static final int READABLE_CAUSE_WIDTH = 40;

    private static final int MIN_MEMBERS_WIDTH = 10;

    private StatusTable() {}

    /**
     * The lines, without line ends.
     *
     * @param maxWidth columns of the terminal, for which rows are cut, and columns left out; {@link Integer#MAX_VALUE} does neither
     */
    public static List<String> lines(InstanceStatus status, Palette palette, Clocks clocks, int maxWidth) {
        List<String> lines = new ArrayList<>();
        lines.add(rootLine(status, palette, clocks));
        List<Column> columns = new ArrayList<>(List.of(
                Column.left("NAME"),
                Column.left("STATE").cutTo(MIN_STATE_WIDTH).readableAt(READABLE_STATE_WIDTH),
                Column.left("WANTED").goesAs(3),
                Column.right("PID").goesAfterTextsAs(8),
                Column.right("INCARNATION").goesAs(2),
                Column.right("RESTARTS").goesAfterTextsAs(7),
                Column.right("COMMITS").goesAs(4),
                Column.right("HEARTBEAT").goesAs(1),
                Column.right("UPTIME").goesAs(5),
                Column.left("LAST EXIT").readableAt(READABLE_CAUSE_WIDTH)));
        boolean standbys =
                status.daemons().stream().anyMatch(daemon -> daemon.standbysWanted() + daemon.standbys() > 0);
        if (standbys) {
            columns.add(STANDBYS_AT, Column.right("STANDBYS").goesAs(6));
        }
        boolean users =
                status.daemons().stream().anyMatch(daemon -> daemon.user().isPresent());
        if (users) {
            columns.add(USER_AT, Column.right("USER").goesAs(3));
        }
        TextTable table = new TextTable(columns);
        for (DaemonStatus daemon : status.daemons()) {
            List<Cell> cells = new ArrayList<>(row(daemon, status.root().running(), clocks));
            if (standbys) {
                cells.add(STANDBYS_AT, standbys(daemon));
            }
            if (users) {
                cells.add(USER_AT, number(daemon.user()));
            }
            table.row(cells);
            for (SlotStatus slot : daemon.slots()) {
                if (slot.isBusy()) {
                    List<Cell> ofSlot = cells(slot, standbys, status.root().running(), clocks);
                    if (users) {
                        ofSlot.add(USER_AT, Cell.NONE);
                    }
                    table.row(ofSlot);
                }
            }
        }
        lines.addAll(table.lines(palette, maxWidth, MIN_CAUSE_WIDTH));
        for (DaemonStatus daemon : status.daemons()) {
            if (daemon.quarantined().orElse(0) > 0) {
                lines.add(daemon.name() + ": "
                        + palette.paint(Tone.BAD, daemon.quarantined().getAsLong() + " quarantined")
                        + "; `coppice transactions " + daemon.name() + "` shows what, and why");
            }
        }
        for (DaemonStatus daemon : status.daemons()) {
            notEnforced(daemon).ifPresent(text -> lines.add(daemon.name() + ": " + palette.paint(Tone.BAD, text)));
            daemon.slots().stream()
                    .findFirst()
                    .flatMap(slot -> notEnforced(slot.process()))
                    .ifPresent(text -> lines.add(daemon.name() + "@transactions: " + palette.paint(Tone.BAD, text)));
        }
        lines.addAll(groups(status, palette, maxWidth));
        return lines;
    }

    /** Which of its limits do not hold here; empty if all do. */
    private static Optional<String> notEnforced(DaemonStatus daemon) {
        String none = keys(daemon, Enforcement.NONE);
        String each = keys(daemon, Enforcement.RLIMIT);
        String text = (none.isEmpty() ? "" : none + " NOT enforced (`limits`)")
                + (none.isEmpty() || each.isEmpty() ? "" : ", ")
                + (each.isEmpty() ? "" : each + " of each process by itself");
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String keys(DaemonStatus daemon, Enforcement by) {
        return daemon.limits().stream()
                .filter(limit -> limit.enforcedBy().equals(by.word()))
                .map(LimitStatus::key)
                .collect(Collectors.joining(", "));
    }

    /** Of a slot that works; those that wait for work are the daemon's business alone. */
    private static List<Cell> cells(SlotStatus slot, boolean standbys, boolean rootRuns, Clocks clocks) {
        DaemonStatus process = slot.process();
        List<Cell> cells = new ArrayList<>(row(process, rootRuns, clocks));
        if (rootRuns || !process.lacksItsProcess()) {
            cells.set(1, new Cell(slot.stateWords(), tone(process)));
        }
        cells.set(2, Cell.of("")); // Nobody wants a slot up or down but its daemon.
        if (standbys) {
            cells.add(STANDBYS_AT, Cell.NONE);
        }
        return cells;
    }

    /** A row for each group, and for the instance if it is more than a heap of daemons; none where there are none. */
    private static List<String> groups(InstanceStatus status, Palette palette, int maxWidth) {
        List<GroupStatus> shown =
                status.groups().stream().filter(group -> !group.plain()).toList();
        if (shown.isEmpty()) {
            return List.of();
        }
        TextTable table = new TextTable(List.of(
                Column.left("GROUP"),
                Column.left("STATE"),
                Column.left("STRATEGY").goesAs(1),
                Column.left("RESTARTS").goesAs(2),
                Column.left("MEMBERS")));
        for (GroupStatus group : shown) {
            table.row(List.of(
                    Cell.of(group.name().orElse("(instance)")),
                    state(group),
                    Cell.of(group.strategy()),
                    group.restarts().isEmpty()
                            ? Cell.NONE
                            : Cell.of(group.restarts().getAsLong() + " of "
                                    + group.maxRestarts().orElse(0) + " in " + Durations.words(group.periodMs())),
                    Cell.of(String.join(
                            " ",
                            group.members().stream()
                                    .map(StatusTable::daemonOf)
                                    .distinct()
                                    .toList()))));
        }
        List<String> lines = new ArrayList<>(List.of(""));
        lines.addAll(table.lines(palette, maxWidth, MIN_MEMBERS_WIDTH));
        return lines;
    }

    private static String daemonOf(String member) {
        String set = ReplicaSet.setOf(member);
        return set == null ? member : set;
    }

    private static Cell state(GroupStatus group) {
        return switch (group.state()) {
            case "up" -> new Cell("up", Tone.GOOD);
            case "degraded" ->
                new Cell(
                        "degraded (" + group.failed().size() + " of "
                                + group.daemons().size() + " failed)",
                        Tone.BAD);
            case "backoff" ->
                new Cell("backoff, " + Durations.words(group.backoffMs().orElse(0)) + " left", Tone.CHANGING);
            case "failed" -> new Cell("failed", Tone.BAD);
            default -> new Cell(group.state(), Tone.FAINT);
        };
    }

    private static String isolation(IsolationStatus status) {
        List<String> but = new ArrayList<>();
        if (!status.exempt().isEmpty()) {
            but.add("not of " + String.join(", ", status.exempt()));
        }
        if (!status.gaps().isEmpty()) {
            but.add("with gaps: " + String.join("; ", status.gaps()));
        }
        return ", isolation: " + status.mode().text() + (status.mode() == Isolation.MAPPING ? " only" : "")
                + (but.isEmpty() ? "" : " (" + String.join("; ", but) + ")");
    }

    private static String rootLine(InstanceStatus status, Palette palette, Clocks clocks) {
        if (status.root() instanceof RootLiveness.Running running) {
            return palette.paint(Tone.HEADING, status.instance()) + ": root " + running.words() + ", up "
                    + Durations.words(clocks.nowEpochMs() - running.sinceEpochMs())
                    + status.isolation().map(StatusTable::isolation).orElse("")
                    + status.gaveUp()
                            .map(gaveUp -> "; "
                                    + palette.paint(
                                            Tone.BAD,
                                            "it gave up over " + gaveUp.by() + " "
                                                    + Durations.coarse(clocks.nowEpochMs() - gaveUp.atEpochMs())
                                                    + " ago, and ends everything"))
                            .orElse("");
        }
        boolean ended =
                status.root() instanceof RootLiveness.Ended && status.gaveUp().isEmpty();
        return palette.paint(Tone.HEADING, status.instance()) + ": "
                + palette.paint(ended ? Tone.FAINT : Tone.BAD, "root " + end(status, clocks))
                + (status.lives()
                        ? "; what lives goes on unwatched; the next `coppice run` takes it over"
                        : "; nothing of it runs");
    }

    private static String end(InstanceStatus status, Clocks clocks) {
        RootLiveness root = status.root();
        if (status.gaveUp().isPresent()) {
            GaveUp gaveUp = status.gaveUp().get();
            return "gave up over " + gaveUp.by() + " " + Durations.coarse(clocks.nowEpochMs() - gaveUp.atEpochMs())
                    + " ago, and "
                    + (root instanceof RootLiveness.Ended
                            ? "ended everything with exit code " + GaveUp.EXIT_CODE
                            : "died before it ended")
                    + " (pid " + root.lastPid() + ")";
        }
        return root instanceof RootLiveness.Ended ended && ended.atEpochMs() > 0
                ? "ended in order " + Durations.coarse(clocks.nowEpochMs() - ended.atEpochMs()) + " ago (pid "
                        + ended.lastPid() + ")"
                : root.words();
    }

    private static List<Cell> row(DaemonStatus daemon, boolean rootRuns, Clocks clocks) {
        boolean gone = !rootRuns && daemon.lacksItsProcess();
        return List.of(
                Cell.of(daemon.name()),
                state(daemon, gone),
                Cell.of(wantedIfItDiffers(daemon)),
                number(daemon.pid()),
                daemon.incarnation() == 0 ? Cell.NONE : Cell.of(Long.toString(daemon.incarnation())),
                Cell.of(Long.toString(daemon.restarts())),
                daemon.problem().isPresent() ? new Cell("?", Tone.BAD) : number(daemon.commits()),
                duration(daemon.heartbeatAgeMs()),
                duration(daemon.uptimeMs()),
                lastExit(daemon, gone, clocks));
    }

    /** That of the last incarnation, though nobody has recorded it; what is on record then is that of an earlier one. */
    private static Cell lastExit(DaemonStatus daemon, boolean gone, Clocks clocks) {
        if (gone) {
            return Cell.of(daemon.lastWords()
                    .map(words -> "last words: " + LastExit.firstLine(words))
                    .orElse("unknown: it ended after its root, or with it"));
        }
        return daemon.lastExit()
                .map(exit -> Cell.of(exit.words(clocks.nowEpochMs())))
                .orElse(Cell.NONE);
    }

    /** How many wait, of how many there are to be. */
    private static Cell standbys(DaemonStatus daemon) {
        return daemon.standbysWanted() + daemon.standbys() == 0
                ? Cell.NONE
                : new Cell(
                        daemon.standbys() + "/" + daemon.standbysWanted(),
                        daemon.standbys() < daemon.standbysWanted() ? Tone.CHANGING : Tone.GOOD);
    }

    private static Cell state(DaemonStatus daemon, boolean gone) {
        if (gone) {
            return new Cell("gone (was " + daemon.state() + ")", Tone.BAD);
        }
        String words = daemon.stateWords();
        if (daemon.backoffMs().isPresent()) {
            words += ", " + Durations.words(daemon.backoffMs().getAsLong()) + " left";
        }
        return new Cell(words, tone(daemon));
    }

    private static Tone tone(DaemonStatus daemon) {
        if (daemon.isUnhealthy()) {
            return Tone.BAD;
        }
        return switch (daemon.state()) {
            case "ready", "completed" -> Tone.GOOD;
            case "failed" -> Tone.BAD;
            case "stopped" -> daemon.wantedUp() ? Tone.CHANGING : Tone.FAINT;
            default -> Tone.CHANGING;
        };
    }

    /** Empty where the wish is fulfilled or on its way without us. */
    private static String wantedIfItDiffers(DaemonStatus daemon) {
        boolean isUp = switch (daemon.state()) {
            case "ready", "completed" -> true;
            default -> false;
        };
        boolean isDown = switch (daemon.state()) {
            case "stopped", "failed", "completed" -> true;
            default -> false;
        };
        return (daemon.wantedUp() ? isUp : isDown) ? "" : daemon.wanted();
    }

    private static Cell number(OptionalLong value) {
        return value.isEmpty() ? Cell.NONE : Cell.of(Long.toString(value.getAsLong()));
    }

    private static Cell duration(OptionalLong valueMs) {
        return valueMs.isEmpty() ? Cell.NONE : Cell.of(Durations.words(valueMs.getAsLong()));
    }
}
