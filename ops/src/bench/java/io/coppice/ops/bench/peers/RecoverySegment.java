package io.coppice.ops.bench.peers;

import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordTable;
import io.coppice.state.State;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes segments with an arena of 64 MiB as an owner leaves them that is killed with uncommitted words. */
final class RecoverySegment {
    static final int ENTRIES = 1_000;

    /** Header, undo log (the most there is: 8 MiB), publish slots, an arena of 64 MiB and a little more. */
    private static final long SEGMENT_BYTES = 73L << 20;

    private static final int PAGE = 4096;
    private static final int ROWS = (64 << 20) / PAGE;

    private RecoverySegment() {}

    /** @return the file */
    static Path make(Path directory, boolean spread) throws Exception {
        RecordLayout.Builder page = RecordLayout.named("page");
        LongField[] first = new LongField[8];
        for (int i = 0; i < first.length; i++) {
            first[i] = page.int64("f" + i);
        }
        BytesField rest = page.bytes("rest", PAGE - (first.length + 1) * Long.BYTES);
        RecordLayout layout = page.build();
        if (layout.sizeBytes() != PAGE) {
            throw new IllegalStateException(rest.name() + " makes rows of " + layout.sizeBytes() + " bytes");
        }
        Files.createDirectory(directory);
        try (OwnedSegment segment = CoppiceStore.segment(directory, SEGMENT_BYTES)) {
            State state = segment.state();
            RecordTable table = state.table("pages", layout, ROWS);
            state.commit();
            for (int i = 0; i < ENTRIES; i++) {
                int row = spread ? i * (ROWS / ENTRIES) : i / first.length;
                table.at(row).set(first[spread ? 0 : i % first.length], i + 1L);
            }
        }
        return directory.resolve("bench.seg");
    }
}
