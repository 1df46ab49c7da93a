package io.coppice.ops.prober;

import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot.ChildInfo;

/**
 * A process that is on its way up, or up, as the root's status table has it.
 *
 * @param worker it says itself when it is ready
 * @param ready else it is on its way
 * @param unhealthy as the root was last told
 * @param spawnedAtNs by the clock that all processes have in common, {@link System#nanoTime}
 * @param logStartBytes how long its log file was then
 */
record Seen(
        String child,
        long incarnation,
        boolean worker,
        boolean ready,
        boolean unhealthy,
        long spawnedAtNs,
        long logStartBytes) {
    /** Whether there is such a process. */
    static boolean isThere(ChildInfo child) {
        return child.pid() > 0 && (child.state() == ChildStateCode.STARTING || child.state() == ChildStateCode.READY);
    }

    static Seen of(ChildInfo child) {
        return new Seen(
                child.name(),
                child.incarnation(),
                child.kind() == ChildKind.DAEMON,
                child.state() == ChildStateCode.READY,
                child.unhealthy(),
                child.spawnedAtNs(),
                child.logStartBytes());
    }
}
