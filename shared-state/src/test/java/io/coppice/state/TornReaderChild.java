package io.coppice.state;

import java.nio.file.Path;

/** Reads a segment in all ways until one of them answers that it is damaged: its file is truncated meanwhile. */
final class TornReaderChild {
    private TornReaderChild() {}

    public static void main(String[] args) throws SegmentException {
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(Path.of(args[0]))) {
            PublishedView published = segment.published(PricePlayer.NAME, PricePlayer.PRICES);
            boolean said = false;
            for (long turn = 0; ; turn++) {
                try {
                    segment.heartbeatCountAcquire();
                    segment.phase();
                    segment.lastWords();
                    segment.checkpoints();
                    published.refresh();
                    if (published.problem().isPresent() || segment.snapshot() instanceof SnapshotResult.Damaged) {
                        System.out.println("damaged after " + turn);
                        return;
                    }
                } catch (SegmentDamagedException e) {
                    System.out.println("damaged after " + turn + ": " + e.getMessage());
                    return;
                }
                if (!said) {
                    said = true;
                    System.out.println("reading");
                }
            }
        }
    }
}
