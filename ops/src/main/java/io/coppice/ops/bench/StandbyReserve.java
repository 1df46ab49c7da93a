package io.coppice.ops.bench;

import io.coppice.ops.hosted.RootWatch;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.StandbyRecord;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The processes that a root keeps in reserve for one daemon. One thread. */
final class StandbyReserve {
    private final RootWatch root;
    private final String daemon;
    private Set<Long> waiting = Set.of();

    StandbyReserve(RootWatch root, String daemon) {
        this.root = root;
        this.daemon = daemon;
    }

    String daemon() {
        return daemon;
    }

    /** The pids of those that wait to be assigned. */
    Set<Long> parked() {
        return root.child(daemon).stream()
                .map(ChildInfo::standbys)
                .flatMap(List::stream)
                .filter(standby -> standby.phase() == StandbyPhase.PARKED)
                .map(StandbyRecord::pid)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether one waits. */
    boolean isReady() {
        waiting = parked();
        return !waiting.isEmpty();
    }

    /** Whether that process was waiting when {@link #isReady} was asked last. */
    boolean held(long pid) {
        return waiting.contains(pid);
    }
}
