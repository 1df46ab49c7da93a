package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a root holds of one child: its process, or that one is being spawned, and its standbys. It is lost with the root; what was in
 * flight then is nobody's.
 */
final class SimulatedChild {
    private final int index;
    private long incarnation;
    private boolean inFlight;
    private boolean abandoned;

    /** What the spawn that was decided on last is to start. */
    private @Nullable ChildSpec spec;

    private @Nullable SimulatedProcess process;

    /** By id; those that were not assigned. */
    private final Map<Long, SimulatedProcess> standbys = new TreeMap<>();

    private final Set<Long> standbysInFlight = new TreeSet<>();

    SimulatedChild(int index) {
        this.index = index;
    }

    /** Null if it has no process, or one of another incarnation. */
    @Nullable
    SimulatedProcess process(long ofIncarnation) {
        return incarnation == ofIncarnation ? process : null;
    }

    /** Null if there is none of that id, or no more. */
    @Nullable
    SimulatedProcess standby(long id) {
        return standbys.get(id);
    }

    /** It has a process whose death its root was not told of, or will have one. */
    boolean isOccupied() {
        return inFlight || (process != null && !process.reapable());
    }

    /** A spawn was decided on, and will be carried out once that is committed. */
    void spawnDecided(ChildSpec toStart) {
        spec = toStart;
    }

    /** Returns what is to be started. */
    ChildSpec spawnBegins(long ofIncarnation) {
        incarnation = ofIncarnation;
        inFlight = true;
        abandoned = false;
        process = null;
        return Objects.requireNonNull(spec);
    }

    void spawnReturned() {
        inFlight = false;
    }

    /** If it was abandoned meanwhile, it is not let go. */
    void spawned(SimulatedProcess one) {
        process = one;
        if (abandoned) {
            one.closePipe();
        }
    }

    /** What is held, or will be, is not to run. */
    void abandon(long ofIncarnation) {
        if (incarnation != ofIncarnation) {
            return;
        }
        abandoned = true;
        if (process != null) {
            process.closePipe();
            if (process.standby != SimulatedProcess.NO_STANDBY) {
                process.signal(9);
            }
        }
    }

    void standbySpawnBegins(long id) {
        standbysInFlight.add(id);
    }

    void standbySpawnReturned(long id) {
        standbysInFlight.remove(id);
    }

    /** One was spawned, or found. */
    void addStandby(long id, SimulatedProcess one) {
        standbys.put(id, one);
    }

    /** No standby any more; null if it is dead. */
    @Nullable
    SimulatedProcess takeStandby(long id) {
        return standbys.remove(id);
    }

    /** A former standby is its process now, null if that is dead. */
    void assign(@Nullable SimulatedProcess one, long toIncarnation, ChildSpec as) {
        incarnation = toIncarnation;
        abandoned = false;
        process = one;
        if (one != null) {
            one.assigned(toIncarnation, as);
        }
    }

    /** A root that comes after another looks for its process of this incarnation. */
    void adopts(long ofIncarnation) {
        incarnation = ofIncarnation;
    }

    /** And has found it. */
    void adopted(SimulatedProcess found, ChildSpec as) {
        process = found;
        found.assigned(incarnation, as); // its root may have died before it told it
    }

    /** What a death is to its root; null if it knows nothing of the process. */
    @Nullable
    Event exited(SimulatedProcess dead, ExitStatus status, long nowNs) {
        if (standbys.get(dead.standby) == dead) {
            standbys.remove(dead.standby);
            return new Event.StandbyExited(index, dead.standby, status, nowNs);
        }
        if (process != dead) {
            return null;
        }
        String lastWords = status instanceof ExitStatus.Exited exited && exited.code() >= 70 ? "words" : null;
        return new Event.Exited(index, dead.incarnation(), status, lastWords, dead.progress(), nowNs);
    }

    /** Its root is dead. */
    void closePipes() {
        if (process != null) {
            process.closePipe();
        }
        standbys.values().forEach(SimulatedProcess::closePipe);
    }

    /** Whether a root that ends now would leave something behind. */
    boolean isAnythingLeft() {
        boolean left = inFlight || (process != null && process.live()) || !standbysInFlight.isEmpty();
        for (SimulatedProcess standby : standbys.values()) {
            left |= standby.live();
        }
        return left;
    }
}
