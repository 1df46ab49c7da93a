package io.coppice.state;

import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Does with its segment whatever makes files, in a directory where it may make, rename and remove none. Ends with 0 if it could. */
final class UnprivilegedOwner {
    private UnprivilegedOwner() {}

    /** @param args the segment's file */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        requireNoRights(file);
        try (OwnedSegment owner = SegmentFile.openOwned(
                file, OwnerFiles.lock(file), ProcessHandle.current().pid(), 2)) {
            owner.recover();
            Record record = owner.state().record("counters", RecordPlayer.COUNTERS);
            record.set(RecordPlayer.TOTAL, 1);
            owner.state().commit();
            Checkpoint checkpoint = owner.checkpoint();
            record.set(RecordPlayer.TOTAL, 2);
            owner.state().commit();
            owner.restore(checkpoint);
            owner.empty(true);
            owner.state().commit();
            List<Abandoned> aside = SegmentFile.abandoned(file);
            require(aside.size() == 2, "set aside: " + aside);
            owner.restore(aside.get(1));
            require(
                    owner.state().record("counters", RecordPlayer.COUNTERS).get(RecordPlayer.TOTAL) == 2,
                    "brought back is something else than what was set aside");
        }
        SegmentSize larger = new SegmentSize(128 << 10, 1);
        try (OwnedSegment owner = SegmentFile.openOwned(
                file,
                OwnerFiles.lock(file),
                OwnerFiles.directory(file),
                ProcessHandle.current().pid(),
                3,
                "test",
                "unit",
                Fence.LOCK,
                larger,
                System.out::println)) {
            require(owner.isOf(larger), "it has its old size");
            owner.recover();
            owner.state().commit();
        }
        SegmentFile.removeAbandoned(file);
        require(SegmentFile.abandoned(file).isEmpty(), "nothing is left aside");
    }

    private static void requireNoRights(Path file) throws Exception {
        try {
            Files.createFile(file.resolveSibling("made"));
        } catch (AccessDeniedException expected) {
            return;
        }
        throw new IllegalStateException("it may make files beside its segment, so this test shows nothing");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
