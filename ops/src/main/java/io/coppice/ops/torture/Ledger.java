package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Script;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known, outside of every daemon, of one writer's commits: which it acknowledged, where each of its processes went on,
 * and which steps others have seen. Any thread.
 *
 * <p>A process that dies may have committed one step more than it acknowledged, so its successor goes on after the last
 * acknowledged step or after the next one.
 */
final class Ledger {
    private final String writer;
    private final Findings findings;
    private final TreeMap<Long, Long> resumedAt = new TreeMap<>();
    private final TreeMap<Long, Long> seen = new TreeMap<>();
    private long acknowledged;

    Ledger(String writer, Findings findings) {
        this.writer = writer;
        this.findings = findings;
    }

    /** A new process goes on after that step; to be told when all that the one before it has said is told. */
    synchronized void resumed(long incarnation, long step) {
        String at = writer + " incarnation " + incarnation + " resumes at step " + step;
        if (step < acknowledged) {
            findings.add(Fault.LOST, at + ", after step " + acknowledged + " was acknowledged");
        } else if (step > acknowledged + 1) {
            findings.add(Fault.PHANTOM, at + ", though only step " + acknowledged + " was acknowledged");
        }
        seen.headMap(incarnation).forEach((by, highest) -> {
            if (highest > step) {
                findings.add(Fault.PHANTOM, at + ", though step " + highest + " of incarnation " + by + " was seen");
            }
        });
        resumedAt.put(incarnation, step);
        acknowledged = step;
    }

    /** The commit of that step is known to its process. */
    synchronized void committed(long incarnation, long step) {
        if (step != acknowledged + 1) {
            findings.add(
                    step <= acknowledged ? Fault.LOST : Fault.PHANTOM,
                    writer + " incarnation " + incarnation + " acknowledges step " + step + " after step "
                            + acknowledged);
        }
        acknowledged = step;
    }

    /** Somebody has seen that step as one of a process with that incarnation. */
    synchronized void seen(long incarnation, long step, String by) {
        if (step >= Script.NEVER) {
            findings.add(
                    Fault.PHANTOM,
                    by + " has seen what " + writer + " incarnation " + incarnation + " rolled back (" + step + ")");
            return;
        }
        Map.Entry<Long, Long> next = resumedAt.higherEntry(incarnation);
        if (next != null && step > next.getValue()) {
            findings.add(
                    Fault.PHANTOM,
                    by + " has seen step " + step + " of " + writer + " incarnation " + incarnation
                            + ", but incarnation " + next.getKey() + " resumed at step " + next.getValue());
        }
        seen.merge(incarnation, step, Math::max);
    }

    /** All processes are gone for good, and the contents are of that step. */
    synchronized void ended(long step) {
        resumed(Long.MAX_VALUE, step);
    }

    /** The last step known to be committed. */
    synchronized long acknowledged() {
        return acknowledged;
    }
}
