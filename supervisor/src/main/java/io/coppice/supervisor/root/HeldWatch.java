package io.coppice.supervisor.root;

import io.coppice.state.Phase;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.os.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Children that a root left held when it died: they have been released, or they find their pipe closed and exit. A worker that
 * runs says so in its segment; a plain command by having become its program. Looked at until one or the other is seen.
 *
 * <p>Duty-cycle thread only.
 */
final class HeldWatch {
    private static final long FIRST_PAUSE_NS = 5_000_000;
    private static final long LONGEST_PAUSE_NS = 1_000_000_000;

    private final SegmentWatch segments;
    private final ProcessTable processes;
    private final List<ChildProcess> open = new ArrayList<>();
    private long pauseNs = FIRST_PAUSE_NS;
    private long nextLookNs = Long.MAX_VALUE;

    HeldWatch(SegmentWatch segments, ProcessTable processes) {
        this.segments = segments;
        this.processes = processes;
    }

    /** An adopted child that is on record as held, or as abandoned while it was. */
    void watch(ChildProcess child, long nowNs) {
        open.add(child);
        nextLookNs = nowNs;
    }

    /** When the next look is due; {@link Long#MAX_VALUE} when nothing is watched. */
    long nextLookNs() {
        return nextLookNs;
    }

    /** One child that runs after all, or null when there is none (yet). */
    @Nullable
    Event nextRunning(long nowNs) {
        open.removeIf(child -> child.dead || !child.adopted);
        for (int i = 0; i < open.size(); i++) {
            ChildProcess child = open.get(i);
            if (runs(child)) {
                open.remove(i);
                return new Event.Released(child.index, child.incarnation, nowNs);
            }
        }
        pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
        nextLookNs = open.isEmpty() ? Long.MAX_VALUE : nowNs + pauseNs;
        return null;
    }

    private boolean runs(ChildProcess child) {
        if (child.hasSegment()) {
            return segments.phase(child) != Phase.EMPTY.code();
        }
        String commandLine = child.pidFd == null ? null : processes.commandLine(child.pidFd.pid());
        return commandLine != null && !commandLine.isEmpty() && !Launcher.isHeld(commandLine);
    }
}
