package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a SIGKILL at any instant leaves exactly one commit behind. Method: a child JVM, with the class path and flags of a
 * worker, commits in a loop; the kernel kills it after a seeded random number of its commits and some more work; its
 * contents must be those of its last commit, which are a function of the commit's number. {@code -Dcoppice.proof.kills=N} kills so often.
 */
class KillNineTest {
    private static final long SUITE_KILLS = 12;
    private static final long SEED = 20_261_121;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void shouldHoldExactlyOneCommitAfterEachKill() throws IOException, InterruptedException, SegmentException {
        SplittableRandom random = new SplittableRandom(SEED);
        Path segment = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        Path lock = directory.resolve("unit.lock");
        long commitsBefore = 0;
        int midCommit = 0;
        long kills = Proof.number("kills", SUITE_KILLS);
        for (int kill = 0; kill < kills; kill++) {
            String where = "seed " + SEED + ", kill " + kill;
            Process child = ChildJvm.start(
                    output(), KillNineChild.class, segment.toString(), lock.toString(), Integer.toString(kill + 1));
            try (ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
                awaitCommits(reader, commitsBefore, 1 + random.nextInt(3000), child, where);
                for (int spin = random.nextInt(20_000); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                child.destroyForcibly();
                assertEquals(128 + 9, child.waitFor(), where);
                assertEquals("", Files.readString(output()), where + ": a worker prints nothing of its own accord");
                SnapshotResult dead = reader.snapshot();
                KillNineChild.assertContents(((SnapshotResult.Snapshot) dead).view(), where + ", before recovery");
            } finally {
                child.destroyForcibly();
            }
            try (OwnedSegment successor = SegmentFile.openOwned(segment, lock, 1, 1000 + kill)) {
                Recovery recovery = successor.recover();
                midCommit += recovery.undoneEntries() > 0 ? 1 : 0;
                assertTrue(recovery.commitSequence() > commitsBefore, where);
                commitsBefore = recovery.commitSequence();
                KillNineChild.assertContents(successor.state(), where);
            }
        }
        assertTrue(midCommit > 0, "no kill hit an open transaction; the test means nothing");
        Proof.report("kills=" + kills + " in an open transaction=" + midCommit);
    }

    private void awaitCommits(ReadOnlySegment reader, long before, int commits, Process child, String where) {
        long now = before;
        while (now < before + commits) {
            assertTrue(child.isAlive(), () -> where + ": the child ended by itself, see " + read(output()));
            if (now == before) {
                LockSupport.parkNanos(1_000_000); // It is starting.
            } else {
                Thread.onSpinWait();
            }
            now = reader.commitSequenceAcquire();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path output() {
        return directory.resolve("output");
    }
}
