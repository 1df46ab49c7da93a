package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Checkpoint;
import io.coppice.state.ReadOnlySegment;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a damaged, wrong or vanished checkpoint is found. Method: right ones first, then one fault each. */
class CheckpointCheckTest {
    @TempDir
    Path directory;

    private TortureRig rig;
    private final Findings findings = new Findings();
    private final CheckpointCheck check = new CheckpointCheck("writer-1", new HeapModel(TortureRig.SEED, 0), findings);

    @BeforeEach
    void play() throws Exception {
        rig = new TortureRig(directory);
        rig.playTo(100);
        rig.checkpoint();
        rig.playTo(200);
        rig.checkpoint();
        rig.playTo(210);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void look() throws Exception {
        try (ReadOnlySegment segment = rig.open()) {
            check.look(segment);
        }
    }

    @Test
    void shouldCompareEachCheckpointOnce() throws Exception {
        look();
        look();
        assertEquals(1, check.compared());
        rig.playTo(300);
        rig.checkpoint();
        look();
        assertEquals(2, check.compared());
        assertTrue(findings.none(), findings.texts().toString());
    }

    /** One word is another one, and the checksum is that of the other one: only the model can tell. */
    @Test
    void shouldFindACheckpointOfOtherContents() throws Exception {
        CheckpointCheck otherModel = new CheckpointCheck("writer-1", new HeapModel(TortureRig.SEED + 1, 0), findings);
        try (ReadOnlySegment segment = rig.open()) {
            otherModel.look(segment);
        }
        assertTrue(findings.count(Fault.TORN) > 0);
    }

    @Test
    void shouldFindADamagedCheckpoint() throws Exception {
        Checkpoint newest;
        try (ReadOnlySegment segment = rig.open()) {
            newest = segment.checkpoints().get(0);
        }
        assertEquals(1, newest.area());
        try (RandomAccessFile file = new RandomAccessFile(rig.file().toFile(), "rw")) {
            // The second half of the file behind the state is the second area, its data far behind its header.
            long areas = 1 << 20;
            long at = areas + (file.length() - areas) / 2 + 4096 + newest.dataBytes() / 2;
            file.seek(at);
            int found = file.read();
            file.seek(at);
            file.write(found ^ 1);
        }
        look();
        assertEquals(1, findings.count(Fault.TORN), findings.texts().toString());
        assertEquals(0, check.compared());
    }

    @Test
    void shouldFindThatTheNewestCheckpointIsGone() throws Exception {
        look();
        try (RandomAccessFile file = new RandomAccessFile(rig.file().toFile(), "rw")) {
            long areas = 1 << 20;
            file.seek(areas + (file.length() - areas) / 2);
            file.write(new byte[Long.BYTES]);
        }
        look();
        assertEquals(1, findings.count(Fault.LOST), findings.texts().toString());
    }
}
