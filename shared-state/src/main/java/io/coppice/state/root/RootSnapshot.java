package io.coppice.state.root;

import java.util.List;
import java.util.Optional;

/**
 * The root's segment as of one commit.
 *
 * @param commitSequence number of that commit
 * @param root who the root is, empty if none ever began
 * @param children in manifest order
 * @param groups the outermost, whose name is empty, first
 * @param events oldest first
 */
public record RootSnapshot(
        long commitSequence,
        Optional<RootInfo> root,
        List<ChildInfo> children,
        List<GroupRecord> groups,
        List<EventInfo> events) {
    /** Copies the lists. */
    public RootSnapshot {
        children = List.copyOf(children);
        groups = List.copyOf(groups);
        events = List.copyOf(events);
    }

    /** The child of that name, if there is one. */
    public Optional<ChildInfo> child(String name) {
        return children.stream().filter(child -> child.name().equals(name)).findFirst();
    }

    /**
     * Who the root is.
     *
     * @param pid its process id
     * @param startTicks its start time in clock ticks since boot: with the pid and the boot it names one process
     * @param bootId boot it runs in
     * @param pidNamespace inode of the pid namespace that its and its children's pids are numbers in, 0 unknown
     * @param sinceEpochMs when it began, milliseconds since 1970
     * @param phase what it is doing
     * @param eventCount events ever recorded
     * @param turns of its duty cycle, as of the last time it told
     * @param allocatedBytes by its duty cycle, if it measures that; else 0
     * @param gaveUpAtEpochMs when it gave up, milliseconds since 1970; 0 if it did not
     * @param gaveUpBy the child whose restart was one too many; without meaning if it did not
     */
    public record RootInfo(
            long pid,
            long startTicks,
            String bootId,
            long pidNamespace,
            long sinceEpochMs,
            RootPhase phase,
            long eventCount,
            long turns,
            long allocatedBytes,
            long gaveUpAtEpochMs,
            String gaveUpBy) {}

    /**
     * One child.
     *
     * @param index its row
     * @param name its name
     * @param kind what it is
     * @param state observed
     * @param wanted wanted
     * @param pid process id, 0 none
     * @param startTicks start time of the process, clock ticks since boot, 0 none
     * @param pidfdInode the inode of its pidfd, where that is its own until the next boot; else 0
     * @param incarnation number of the last spawn, 0 before the first
     * @param restarts spawns after deaths
     * @param failureCount failures that count towards giving up
     * @param heartbeatSeenNs when the heartbeat count last changed, CLOCK_MONOTONIC, 0 never
     * @param backoffUntilNs when the next start is due, CLOCK_MONOTONIC, 0 none
     * @param spawnedAtNs when the process was spawned, CLOCK_MONOTONIC, 0 never
     * @param readyAtNs when it became ready, CLOCK_MONOTONIC, 0 not yet
     * @param unhealthy a probe found its process unwell
     * @param logStartBytes how long its log file was when its process was launched, 0 where nobody saw
     * @param request of a slot: the request that it is on, negative if that is to be discarded, 0 none
     * @param attempts of a slot: how often a process was launched for that request
     * @param order the last that the daemon was given, empty if none
     * @param lastExit how it last ended, empty if it never did
     * @param standbys the processes that are kept in reserve for it
     */
    public record ChildInfo(
            int index,
            String name,
            ChildKind kind,
            ChildStateCode state,
            WantedCode wanted,
            long pid,
            long startTicks,
            long pidfdInode,
            long incarnation,
            long restarts,
            long failureCount,
            long heartbeatSeenNs,
            long backoffUntilNs,
            long spawnedAtNs,
            long readyAtNs,
            boolean unhealthy,
            long logStartBytes,
            long request,
            long attempts,
            Optional<RequestOrder> order,
            Optional<LastExit> lastExit,
            List<StandbyRecord> standbys) {
        /** Copies the list. */
        public ChildInfo {
            standbys = List.copyOf(standbys);
        }

        /** How many standbys wait to be assigned. */
        public int parkedStandbys() {
            int parked = 0;
            for (StandbyRecord standby : standbys) {
                parked += standby.phase() == StandbyPhase.PARKED ? 1 : 0;
            }
            return parked;
        }
    }

    /**
     * One event.
     *
     * @param sequence 1 for the first event ever
     * @param epochMs when, milliseconds since 1970
     * @param child its name then; empty for the root
     * @param type what happened
     * @param pid of the process it is about, 0 none
     * @param incarnation of the child, 0 none
     * @param by who asked for it; empty if nobody did, or nobody knows
     * @param text more about it, possibly empty
     */
    public record EventInfo(
            long sequence,
            long epochMs,
            Optional<String> child,
            EventType type,
            long pid,
            long incarnation,
            Optional<Asker> by,
            String text) {}
}
