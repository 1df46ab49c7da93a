package io.coppice.ops.torture;

import io.coppice.ops.hosted.HostedSettings;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.hosted.Victim;
import io.coppice.ops.torture.job.Structures;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Kills the processes of transactions, and watches the books of the daemon that submits them; does nothing if there is none. One thread. */
final class Slots implements AutoCloseable {
    /** Each time, of so many processes one is killed: they need some time to get anything done. */
    private static final int ONE_OF = 4;

    private static final int MOST_BETWEEN_MS = 250;

    private final Kills wanted;
    private final RootWatch watch;
    private final ProcFileSystem processes;
    private final Random random;
    private final Findings findings;
    private final @Nullable TransactionCheck check;
    private int kills;
    private long dueNs = Long.MIN_VALUE;

    private Slots(
            Kills wanted,
            RootWatch watch,
            ProcFileSystem processes,
            Random random,
            Findings findings,
            @Nullable TransactionCheck check) {
        this.wanted = wanted;
        this.watch = watch;
        this.processes = processes;
        this.random = random;
        this.findings = findings;
        this.check = check;
    }

    /** @throws SegmentException if the daemon's segment is not there, or is none */
    static Slots of(Kills kills, HostedSettings host, RootWatch watch, long seed, Findings findings)
            throws SegmentException {
        TransactionCheck check = kills.ofTransactions() == 0
                ? null
                : TransactionCheck.open(
                        Structures.SUBMITTER,
                        host.instance().path().resolve(Structures.SUBMITTER + ".seg"),
                        seed,
                        findings);
        return new Slots(kills, watch, new ProcFileSystem(host.proc()), new Random(seed), findings, check);
    }

    /**
     * Kills some of those that run, if it is time to.
     *
     * @param daemons that were killed so far
     */
    void strikeIfDue(long nowNs, int daemons) {
        if (areKilled() || nowNs < dueNs) {
            return;
        }
        dueNs = nowNs + random.nextInt(MOST_BETWEEN_MS) * 1_000_000L;
        strike(daemons);
    }

    /** Kills some of those that run. */
    void strike(int daemons) {
        for (ChildInfo child : watch.children()) {
            if (wanted.mayKillTransaction(daemons, kills)
                    && child.kind() == ChildKind.TRANSACTION
                    && random.nextInt(ONE_OF) == 0
                    && Victim.of(child, processes)
                            .filter(victim -> victim.kill(processes))
                            .isPresent()) {
                kills++;
            }
        }
    }

    /** Whether as many were killed as wanted. */
    boolean areKilled() {
        return kills >= wanted.ofTransactions();
    }

    /** How many were killed. */
    int kills() {
        return kills;
    }

    /** For a line of progress. */
    String progress() {
        return wanted.ofTransactions() == 0 ? "" : kills + " of " + wanted.ofTransactions() + " of transactions, ";
    }

    /** Looks into the books. */
    void look() {
        if (check != null) {
            check.look();
        }
    }

    /** Whether all that was submitted has an outcome. */
    boolean atEnd() {
        return check == null || check.atEnd();
    }

    /** Nothing runs any more: whatever has no outcome will never have one. */
    void ended() {
        if (check == null) {
            return;
        }
        check.look();
        if (!check.atEnd()) {
            findings.add(Fault.LOST, "transactions without an outcome after two minutes: " + check);
        } else if (check.adopted() == 0) {
            findings.add(Fault.LOST, "no transaction at all has a result: " + check);
        }
    }

    /** What came of it. */
    String verdict() {
        return kills + " transactions were killed as well; " + check + ".";
    }

    @Override
    public void close() {
        if (check != null) {
            check.close();
        }
    }
}
