package io.coppice.supervisor.core;

import io.coppice.supervisor.core.Standby.Phase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The standbys of one child.
 *
 * @param standbys oldest first; also those that end
 * @param lastId of the latest standby, 0 before the first
 * @param refillAtNs not before that is another one launched
 * @param failures standbys in a row that came to nothing, which make refills rarer
 * @param starved how often in a row a refill was put off because the CPU was starved
 */
public record StandbyPool(List<Standby> standbys, long lastId, long refillAtNs, int failures, int starved) {
    /** Without standbys, and none before. */
    public static final StandbyPool EMPTY = new StandbyPool(List.of(), 0, 0, 0, 0);

    public StandbyPool {
        standbys = List.copyOf(standbys);
    }

    /** How many wait to be assigned. */
    public int parked() {
        return count(Phase.PARKED);
    }

    /** How many there are, but for those that end. */
    public int live() {
        return standbys.size() - count(Phase.ENDING);
    }

    /** Whether one is on its way to being parked. */
    public boolean isRefilling() {
        return count(Phase.SPAWNING) + count(Phase.BOOTING) > 0;
    }

    /** Allocates nothing. */
    private int count(Phase phase) {
        int count = 0;
        for (int i = 0; i < standbys.size(); i++) {
            count += standbys.get(i).phase() == phase ? 1 : 0;
        }
        return count;
    }

    /** The standby of that id, null if it is gone. */
    public @Nullable Standby find(long id) {
        for (Standby standby : standbys) {
            if (standby.id() == id) {
                return standby;
            }
        }
        return null;
    }

    /** The one that has been parked longest, of those launched like that; null if there is none. */
    @Nullable
    Standby firstParked(long launch) {
        for (Standby standby : standbys) {
            if (standby.phase() == Phase.PARKED && standby.launchedAs() == launch) {
                return standby;
            }
        }
        return null;
    }

    /** When the next of its deadlines comes. Allocates nothing. */
    long nextDeadlineNs() {
        long nextNs = ChildState.NEVER;
        for (int i = 0; i < standbys.size(); i++) {
            nextNs = Math.min(nextNs, standbys.get(i).deadlineNs());
        }
        return nextNs;
    }

    /** With one more, launched now. */
    StandbyPool plus(Standby standby) {
        List<Standby> all = new ArrayList<>(standbys);
        all.add(standby);
        return new StandbyPool(all, standby.id(), refillAtNs, failures, 0);
    }

    /** With another state of the standby of that id. */
    StandbyPool with(Standby changed) {
        List<Standby> all = new ArrayList<>();
        for (Standby standby : standbys) {
            all.add(standby.id() == changed.id() ? changed : standby);
        }
        return new StandbyPool(all, lastId, refillAtNs, failures, starved);
    }

    /** Without the one of that id. */
    StandbyPool without(long id) {
        List<Standby> all = new ArrayList<>();
        for (Standby standby : standbys) {
            if (standby.id() != id) {
                all.add(standby);
            }
        }
        return new StandbyPool(all, lastId, refillAtNs, failures, starved);
    }

    StandbyPool refillAt(long atNs, int newFailures) {
        return new StandbyPool(standbys, lastId, atNs, newFailures, starved);
    }

    StandbyPool putOff(long untilNs) {
        return new StandbyPool(standbys, lastId, untilNs, failures, starved + 1);
    }
}
