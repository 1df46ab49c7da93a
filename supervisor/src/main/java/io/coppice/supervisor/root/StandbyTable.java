package io.coppice.supervisor.root;

import io.coppice.state.root.RootSegment;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All standbys that the shell holds something of, each in a slot of its own.
 *
 * <p>Duty-cycle thread only.
 */
final class StandbyTable {
    /** Every child's, and once more those that are being buried. */
    static final int SLOTS = 2 * RootSegment.MAX_CHILDREN * RootSegment.STANDBYS_PER_CHILD;

    private @Nullable StandbyProcess[] bySlot = new @Nullable StandbyProcess[8];

    /** A new one, in a free slot. */
    StandbyProcess add(ChildProcess child, long id) {
        int slot = 0;
        while (slot < bySlot.length && bySlot[slot] != null) {
            slot++;
        }
        if (slot == bySlot.length) {
            if (slot == SLOTS) {
                throw new IllegalStateException("more than " + SLOTS + " standbys");
            }
            bySlot = Arrays.copyOf(bySlot, Math.min(SLOTS, 2 * slot));
        }
        StandbyProcess standby = new StandbyProcess(child, id, slot);
        bySlot[slot] = standby;
        return standby;
    }

    /** Null once it has been assigned, or buried. */
    @Nullable
    StandbyProcess inSlot(int slot) {
        return slot < bySlot.length ? bySlot[slot] : null;
    }

    @Nullable
    StandbyProcess find(int child, long id) {
        for (StandbyProcess standby : bySlot) {
            if (standby != null && standby.child.index == child && standby.id == id) {
                return standby;
            }
        }
        return null;
    }

    /** Whether a process is that of a standby. Allocates nothing. */
    boolean isOne(int pid) {
        for (int i = 0; i < bySlot.length; i++) {
            StandbyProcess standby = bySlot[i];
            if (standby != null && standby.pidFd != null && standby.pidFd.pid() == pid) {
                return true;
            }
        }
        return false;
    }

    void forEach(Consumer<StandbyProcess> action) {
        for (StandbyProcess standby : bySlot) {
            if (standby != null) {
                action.accept(standby);
            }
        }
    }

    /** Adds the names of the control groups that they are in. */
    void addGroups(Set<String> names) {
        for (StandbyProcess standby : bySlot) {
            if (standby != null && standby.group != null) {
                names.add(standby.group.name());
            }
        }
    }

    /** Whether one but this has that user. */
    boolean hasUser(int uid, LaunchedProcess but) {
        for (StandbyProcess standby : bySlot) {
            if (standby != null && standby != but && standby.uid == uid) {
                return true;
            }
        }
        return false;
    }

    /** Closes what is left of it. */
    void remove(StandbyProcess standby) {
        standby.closeAll();
        bySlot[standby.slot] = null;
    }

    void closeAll() {
        for (StandbyProcess standby : bySlot) {
            if (standby != null) {
                standby.closeAll();
            }
        }
    }
}
