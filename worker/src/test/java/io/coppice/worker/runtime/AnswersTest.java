package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {
    @TempDir
    Path directory;

    private Path segment() throws Exception {
        Path file = directory.resolve("one.seg");
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(SegmentSpec.MIN_LENGTH_BYTES);
        }
        SegmentFile.create(file, new SegmentSpec("shop", "one", SegmentSpec.KIND_DAEMON, SegmentSpec.MIN_LENGTH_BYTES));
        OwnerFiles.makeLock(file);
        return file;
    }

    private OwnedSegment own(Path file) throws Exception {
        return SegmentFile.openOwned(file, directory.resolve("one.lock"), OwnPid.get(), 1);
    }

    @Test
    void shouldCountEachQuestionThatThisJvmHears() throws Exception {
        Path file = segment();
        Answers answers = Answers.listen(new WorkerLog(new PrintStream(System.err), "one"));
        assertNotNull(answers);
        try (OwnedSegment owner = own(file);
                ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            answers.countIn(owner);
            for (long count = 1; count <= 3; count++) {
                assertEquals(count, reader.answers());
                ask();
                long endNs = System.nanoTime() + 60_000_000_000L;
                while (reader.answers() == count) {
                    assertTrue(System.nanoTime() < endNs, "no answer");
                    Thread.onSpinWait();
                }
            }
            answers.stop();
        }
        ask(); // is heard by nobody, and writes nowhere
    }

    private static void ask() throws Exception {
        Process kill = new ProcessBuilder("kill", "-WINCH", Long.toString(OwnPid.get())).start();
        assertEquals(0, kill.waitFor());
    }

    @Test
    void shouldTellNothingBeforeItListens() throws Exception {
        Path file = segment();
        try (OwnedSegment owner = own(file);
                ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            assertEquals(1, owner.incarnation());
            assertEquals(0, reader.answers());
        }
    }

    @Test
    void shouldKnowTheNumberOfTheCallingThread() throws Exception {
        long[] another = new long[1];
        Thread thread = new Thread(() -> another[0] = OwnThread.tid());
        thread.start();
        thread.join();
        long own = OwnThread.tid();
        assertTrue(Files.exists(Path.of("/proc/self/task/" + own)));
        assertTrue(another[0] > 0 && another[0] != own);
    }
}
