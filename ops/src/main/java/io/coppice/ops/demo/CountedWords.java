package io.coppice.ops.demo;

import io.coppice.ops.demo.job.LongWords;
import io.coppice.ops.demo.job.WordCountProgress;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordView;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateView;
import io.coppice.state.TableView;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The counts, read out of the daemon's segment. */
final class CountedWords {
    private final SortedMap<String, Long> counts = new TreeMap<>();

    private CountedWords() {}

    /**
     * Copies them as of the last commit.
     *
     * @throws HostedFailedException if the segment is damaged, or always busy
     */
    static CountedWords of(ReadOnlySegment segment) throws HostedFailedException {
        SnapshotResult result = segment.snapshot();
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            CountedWords words = new CountedWords();
            words.add(snapshot.view());
            return words;
        }
        throw new HostedFailedException("The counts cannot be read from the segment: " + result);
    }

    private void add(StateView view) {
        view.stringLongMap(WordCountProgress.COUNTS)
                .forEach((key, length, count) ->
                        counts.put(new String(key, 0, length, StandardCharsets.US_ASCII), count));
        TableView index = view.table(LongWords.INDEX, LongWords.INDEX_LAYOUT);
        TableView pieces = view.table(LongWords.PIECES, LongWords.PIECE_LAYOUT);
        for (int i = 0; i < index.rows(); i++) {
            RecordView word = index.row(i);
            long length = word.get(LongWords.LENGTH);
            StringBuilder letters = new StringBuilder();
            for (long row = word.get(LongWords.FIRST_ROW); letters.length() < length; row++) {
                letters.append(new String(pieces.row((int) row).get(LongWords.LETTERS), StandardCharsets.US_ASCII));
            }
            if (length > 0) {
                counts.put(letters.toString(), word.get(LongWords.COUNT));
            }
        }
    }

    SortedMap<String, Long> counts() {
        return counts;
    }

    /** Writes {@code word<TAB>count} lines, sorted bytewise: words are ASCII, so the order of strings is that. */
    void write(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (Map.Entry<String, Long> entry : counts.entrySet()) {
                out.write(entry.getKey());
                out.write('\t');
                out.write(Long.toString(entry.getValue()));
                out.write('\n');
            }
        }
    }
}
