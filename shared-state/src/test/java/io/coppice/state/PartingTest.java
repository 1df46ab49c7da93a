package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartingTest {
    @Test
    void shouldTellWhatAnOwnerLeftOfItsEndAndOfNoOtherOwner(@TempDir Path directory) throws Exception {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        Path lock = directory.resolve("unit.lock");
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file);
                OwnedSegment owner = SegmentFile.openOwned(file, lock, 42, 1)) {
            owner.recover();
            owner.phase(Phase.READY);
            assertEquals(Parting.NONE, Parting.of(reader, 1), "killed, it says nothing");
            owner.phase(Phase.STOPPING);
            assertEquals(new Parting(false, Optional.of(Parting.STOPPING)), Parting.of(reader, 1));
            owner.lastWords("it ended in order");
            assertEquals(new Parting(false, Optional.of("it ended in order")), Parting.of(reader, 1));
            owner.lastWords("System.exit by thread \"main\"");
            assertEquals(
                    List.of(true, false), List.of(Parting.of(reader, 1).ofSystemExit(), Parting.NONE.ofSystemExit()));
            owner.phase(Phase.COMPLETED);
            assertEquals(new Parting(true, Optional.of(Parting.DONE)), Parting.of(reader, 1));
            owner.lastWords("java.io.IOException");
            owner.phase(Phase.FAILING);
            assertEquals(new Parting(false, Optional.of("java.io.IOException")), Parting.of(reader, 1));
            assertEquals(Parting.NONE, Parting.of(reader, 2), "its successor never took over");
            owner.phase(Phase.READY);
            assertEquals(Parting.NONE, Parting.of(reader, 1), "all is well again, as the agent says");
        }
    }
}
