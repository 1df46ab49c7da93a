package io.coppice.ops.torture;

import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.RootProcess;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.WantedCode;
import java.io.IOException;
import java.util.Locale;

/** Whether an instance that is tortured can go on: what dies must die of a kill, and something must move. One thread. */
final class Health {
    /** Without a single commit in this time something is broken, on however slow a machine. */
    private static final long STALL_NS = 120_000_000_000L;

    private final Roots roots;
    private final RootWatch watch;
    private long lastCommits = -1;
    private long lastCommitAtNs;

    Health(Roots roots, RootWatch watch) {
        this.roots = roots;
        this.watch = watch;
    }

    /**
     * Looks once.
     *
     * @param commits of all daemons so far
     * @throws HostedFailedException if it cannot go on
     */
    void check(long commits, long nowNs) throws IOException, HostedFailedException {
        check();
        if (commits != lastCommits) {
            lastCommits = commits;
            lastCommitAtNs = nowNs;
        } else if (nowNs - lastCommitAtNs > STALL_NS) {
            throw new HostedFailedException("No commit in two minutes; the daemons are "
                    + watch.children().stream()
                            .map(child ->
                                    child.name() + " " + child.state().word().toLowerCase(Locale.ROOT))
                            .toList()
                    + ".");
        }
    }

    /** As above, where nothing needs to be committed. */
    void check() throws IOException, HostedFailedException {
        RootProcess root = roots.now();
        if (!root.isAlive()) {
            throw new HostedFailedException(
                    "The root ended with exit code " + root.exitCode() + ":\n" + root.lastLines());
        }
        for (ChildInfo child : watch.children()) {
            if (child.kind() == ChildKind.TRANSACTION) {
                continue; // Down as often as not, and what fails there is an outcome, of which its daemon keeps books.
            }
            boolean endedByItself = child.lastExit().map(RootWatch::isOwnFault).orElse(false);
            if (endedByItself || child.state() == ChildStateCode.FAILED) {
                throw new HostedFailedException("The daemon " + child.name() + " failed: "
                        + child.lastExit().map(LastExit::text).orElse("it did not say why."));
            }
            if (child.wanted() == WantedCode.DOWN) {
                throw new HostedFailedException("The daemon " + child.name() + " was stopped from outside.");
            }
        }
    }
}
