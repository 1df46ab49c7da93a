package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.torture.job.Reading;
import io.coppice.ops.torture.job.Structures;
import io.coppice.state.Cursor;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.Record;
import io.coppice.state.RingReader;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: what a reader says it has received is believed only if it is what was sent. Method: one wrong word in its record. */
class ReadingCheckTest {
    private static final String WRITER = Structures.WRITERS.get(0);
    private static final int STEPS = 200;

    @TempDir
    Path directory;

    private TortureRig rig;
    private final HeapModel model = new HeapModel(TortureRig.SEED, 0);
    private final Findings findings = new Findings();
    private Record record;

    /** The writer's segment holds the reader's record and cursor as well: who owns them makes no difference here. */
    @BeforeEach
    void receive() throws Exception {
        rig = new TortureRig(directory);
        rig.playTo(STEPS);
        model.advanceTo(STEPS);
        record = rig.state().record(Reading.recordOf(WRITER), Reading.LAYOUT);
        Cursor cursor = rig.state().cursor(Reading.channelCursorOf(WRITER), WRITER, Structures.CHANNEL);
        rig.state().commit();
        try (ReadOnlySegment segment = rig.open()) {
            RingReader reader = segment.ring(cursor);
            reader.poll((buffer, offset, length, number) -> {}, 7);
        }
        record.set(Reading.RECEIVED, 7);
        record.set(Reading.DIGEST, model.digest(7));
        rig.state().commit();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    private void check(HeapModel writer) throws Exception {
        rig.state().commit();
        ReadingCheck.check("reader-1", rig.snapshot(), WRITER, writer, findings);
    }

    @Test
    void shouldAcceptWhatWasSent() throws Exception {
        check(model);
        assertTrue(findings.none(), findings.texts().toString());
    }

    @Test
    void shouldReportOtherMessagesThanWereSent() throws Exception {
        record.add(Reading.DIGEST, 1);
        check(model);
        assertEquals(1, findings.count(Fault.TORN));
    }

    @Test
    void shouldReportACursorThatIsNotWhereTheStateIs() throws Exception {
        record.set(Reading.RECEIVED, 6);
        record.set(Reading.DIGEST, model.digest(6));
        check(model);
        assertEquals(1, findings.count(Fault.TORN));
    }

    @Test
    void shouldReportMessagesThatWereNeverCommittedAsSent() throws Exception {
        check(new HeapModel(TortureRig.SEED, 0));
        assertEquals(1, findings.count(Fault.PHANTOM));
    }
}
