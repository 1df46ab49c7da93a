package io.coppice.ops.demo.job;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.Peer;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.Transactions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A word counter on a real segment, in this process. It can be dropped at any moment, as a kill would, with or without an
 * uncommitted step, and a successor attached to what it leaves.
 */
final class CountingRig implements AutoCloseable {
    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");

    final Path input;
    final Path gate;
    final Path segmentFile;
    private final Path lock;
    long incarnation;
    OwnedSegment segment;
    WordCountDaemon daemon;

    CountingRig(Path directory, byte[] text, long stateBytes) throws Exception {
        input = Files.write(directory.resolve("input"), text);
        gate = directory.resolve("gate");
        segmentFile = directory.resolve("words.seg");
        lock = directory.resolve("words.lock");
        SegmentSpec spec = new SegmentSpec("demo", "words", SegmentSpec.KIND_DAEMON, stateBytes);
        try (RandomAccessFile reserved = new RandomAccessFile(segmentFile.toFile(), "rw")) {
            reserved.setLength(stateBytes);
        }
        SegmentFile.create(segmentFile, spec);
        OwnerFiles.makeLock(segmentFile);
    }

    /** The state's life in one process: what a worker does between its release and the first step. */
    void attach() throws Exception {
        incarnation++;
        segment =
                SegmentFile.openOwned(segmentFile, lock, ProcessHandle.current().pid(), incarnation);
        segment.recover();
        daemon = new WordCountDaemon();
        daemon.start(new Context());
        commit();
    }

    void openGate() throws Exception {
        Files.createFile(gate);
    }

    /** One step and its commit, as the duty cycle does it. */
    Next step() throws Exception {
        Next next = daemon.step();
        commit();
        return next;
    }

    private void commit() {
        if (segment.state().dirty()) {
            segment.state().commit();
        }
    }

    /** What a kill leaves: an owner that is gone. */
    void drop() throws IOException {
        daemon.stop();
        segment.close();
    }

    /** Steps until all is counted. The gate must be open. */
    void finish() throws Exception {
        while (progress(WordCountProgress.FINISHED) == 0) {
            step();
        }
    }

    long progress(io.coppice.state.LongField field) throws Exception {
        return segment.state()
                .published(WordCountProgress.RECORD, WordCountProgress.LAYOUT)
                .get(field);
    }

    ReadOnlySegment read() throws Exception {
        return SegmentFile.openReadOnly(segmentFile);
    }

    /** What an observer sees of a field. */
    long observed(io.coppice.state.LongField field) throws Exception {
        try (ReadOnlySegment reader = read()) {
            PublishedView view = reader.published(WordCountProgress.RECORD, WordCountProgress.LAYOUT);
            view.refresh();
            return view.sequence() > 0 ? view.get(field) : 0;
        }
    }

    /** The right answer, by other means. */
    static SortedMap<String, Long> expected(byte[] text) {
        SortedMap<String, Long> counts = new TreeMap<>();
        Matcher words = WORD.matcher(new String(text, StandardCharsets.ISO_8859_1));
        while (words.find()) {
            counts.merge(words.group().toLowerCase(java.util.Locale.ROOT), 1L, Long::sum);
        }
        return counts;
    }

    @Override
    public void close() throws IOException {
        if (segment != null) {
            drop();
        }
    }

    /** What the daemon may ask a worker for. */
    private final class Context implements DaemonContext {
        @Override
        public String instance() {
            return "demo";
        }

        @Override
        public String name() {
            return "words";
        }

        @Override
        public long incarnation() {
            return incarnation;
        }

        @Override
        public Optional<PreviousExit> previousExit() {
            return Optional.empty();
        }

        @Override
        public List<String> args() {
            return List.of("--input", input.toString(), "--gate", gate.toString());
        }

        @Override
        public State state() {
            return segment.state();
        }

        @Override
        public Peer peer(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Transactions transactions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void busy(Duration atMost) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void commit() {
            CountingRig.this.commit();
        }

        @Override
        public void checkpoint() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void rollback() {
            segment.state().rollback();
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    }
}
