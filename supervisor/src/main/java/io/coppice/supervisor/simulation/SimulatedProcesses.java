package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Standby;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of processes, as a kernel has it: each of a child's from its spawn until it is gone and no root looks for it any more, and
 * the numbers that those who are gone have left to others.
 */
final class SimulatedProcesses {
    private static final int MOST_FREE_PIDS = 16;

    private final Simulation world;
    private final List<List<SimulatedProcess>> byChild = new ArrayList<>();
    private final Deque<Integer> freePids = new ArrayDeque<>();
    private final int[] liveReleased;
    private int lastPid = 100;
    private long spawned;

    SimulatedProcesses(Simulation world, int children) {
        this.world = world;
        for (int i = 0; i < children; i++) {
            byChild.add(new ArrayList<>());
        }
        liveReleased = new int[children];
    }

    SimulatedProcess spawn(Command.Spawn command, ChildSpec spec) {
        forgetThoseGone(command.child());
        SimulatedProcess process = new SimulatedProcess(world, spec, command.incarnation(), nextPid(), ++spawned);
        byChild.get(command.child()).add(process);
        return process;
    }

    SimulatedProcess spawn(Command.SpawnStandby command, ChildSpec spec) {
        forgetThoseGone(command.child());
        SimulatedProcess process = SimulatedProcess.standby(world, spec, command.standby(), nextPid(), ++spawned);
        byChild.get(command.child()).add(process);
        return process;
    }

    /** A root that comes later looks for each that is on record. */
    private void forgetThoseGone(int child) {
        ChildState recorded = world.committedChild(child);
        byChild.get(child).removeIf(process -> process.reapable() && !isOnRecord(process, recorded));
    }

    private static boolean isOnRecord(SimulatedProcess process, ChildState recorded) {
        if (process.is(recorded.pid(), recorded.startTicks())) {
            return true;
        }
        for (Standby standby : recorded.standbys().standbys()) {
            if (process.is(standby.pid(), standby.startTicks())) {
                return true;
            }
        }
        return false;
    }

    private int nextPid() {
        if (world.faults.strikes(world.latestDraws, world.faults.pidReuse) && !freePids.isEmpty()) {
            return freePids.removeLast();
        }
        return ++lastPid;
    }

    /** Its number may be given to another. */
    void freePid(int pid) {
        freePids.add(pid);
        if (freePids.size() > MOST_FREE_PIDS) {
            freePids.removeFirst();
        }
    }

    /** A standby becomes the process of another child than the one whose pool it was in. */
    void pass(SimulatedProcess process, int from, int to) {
        if (from != to) {
            byChild.get(from).remove(process);
            byChild.get(to).add(process);
        }
    }

    /** In the order in which they were spawned. */
    List<SimulatedProcess> of(int child) {
        return byChild.get(child);
    }

    /** Also one that is gone, if it is on record; null if none was ever there. */
    @Nullable
    SimulatedProcess find(int child, int pid, long startTicks) {
        for (SimulatedProcess process : byChild.get(child)) {
            if (process.is(pid, startTicks)) {
                return process;
            }
        }
        return null;
    }

    /** Whether the process is alive that was recorded last of a child, standbys aside. */
    boolean isAlive(ChildState recorded) {
        SimulatedProcess process = find(recorded.spec().index(), recorded.pid(), recorded.startTicks());
        return process != null && process.live();
    }

    /** Kills what is alive and on record of a child, standbys as well; false if nothing is. */
    boolean killThoseOnRecord(ChildState recorded) {
        boolean any = false;
        for (SimulatedProcess process : byChild.get(recorded.spec().index())) {
            if (process.live() && isOnRecord(process, recorded)) {
                process.signal(9);
                any = true;
            }
        }
        return any;
    }

    /** One more, or less, of a child's processes lives and was let go. */
    void liveReleasedChanged(int child, int by) {
        liveReleased[child] += by;
    }

    int liveReleased(int child) {
        return liveReleased[child];
    }

    /** Whether all that runs of a child was started as it is to be started by this spec. */
    boolean runAs(ChildSpec spec) {
        for (SimulatedProcess process : byChild.get(spec.index())) {
            if (process.live()
                    && process.released()
                    && (process.spec.launch() != spec.launch() || !Kinds.same(process.spec, spec))) {
                return false;
            }
        }
        return true;
    }

    /** But for those that a dead root had not recorded: they were never released, own nothing, and end by themselves. */
    List<Integer> livePids() {
        List<Integer> pids = new ArrayList<>();
        for (List<SimulatedProcess> ofChild : byChild) {
            for (SimulatedProcess process : ofChild) {
                if (process.live() && (process.released() || process.waitsForEver())) {
                    pids.add(process.pid);
                }
            }
        }
        return pids;
    }
}
