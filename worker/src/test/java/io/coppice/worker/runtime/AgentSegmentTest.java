package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.JvmFigures;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentLockedException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the root reads of a program under the agent. */
class AgentSegmentTest {
    @TempDir
    Path directory;

    private AgentArguments arguments;
    private AgentSegment agent;
    private ReadOnlySegment read;

    @BeforeEach
    void setUp() throws Exception {
        Path file = directory.resolve("ingest.seg");
        ChildJvm.createSegment(file, "ingest");
        arguments = new AgentArguments(
                "shop", "ingest", file, directory.resolve("ingest.lock"), 1000, List.of(), List.of());
        read = SegmentFile.openReadOnly(file);
    }

    @AfterEach
    void tearDown() throws Exception {
        read.close();
        if (agent != null) {
            agent.close();
        }
    }

    private AgentSegment open() throws SegmentException {
        agent = AgentSegment.open(arguments, 3, RootNotifier.toNobody());
        return agent;
    }

    private Phase phase() {
        return Phase.of(read.phase()).orElseThrow();
    }

    @Test
    void shouldBeReadyWhenAllIsWellForTheFirstTime() throws Exception {
        open();
        assertEquals(3, read.incarnation());
        assertEquals(Phase.STARTING, phase());
        long before = read.heartbeatCountAcquire();

        agent.well();

        assertEquals(Phase.READY, phase());
        assertEquals(before + 1, read.heartbeatCountAcquire());
    }

    @Test
    void shouldSayWhatIsTheMatterForAsLongAsItIs() throws Exception {
        open().ready();
        long before = read.heartbeatCountAcquire();

        assertTrue(agent.unwell("deadlock: a, b"));
        assertFalse(agent.unwell("deadlock: a, b"), "told once");

        assertEquals(before, read.heartbeatCountAcquire());
        assertEquals(Phase.FAILING, phase());
        assertEquals("deadlock: a, b", read.lastWords().orElseThrow());
        agent.well();
        assertEquals(Phase.READY, phase());
        assertTrue(agent.unwell("deadlock: a, b"), "and again");
    }

    @Test
    void shouldStayWithWhatItEndsOf() throws Exception {
        open().ready();
        agent.ending("System.exit by thread \"main\"");

        agent.well();
        assertFalse(agent.unwell("something else"));

        assertEquals(Phase.FAILING, phase());
        assertEquals("System.exit by thread \"main\"", read.lastWords().orElseThrow());
    }

    /** A program that is stopped in order closes its port first. */
    @Test
    void shouldNotTellOfWhatAnOrderlyEndBringsAbout() throws Exception {
        open().ready();
        agent.ending();

        assertFalse(agent.unwell("http://127.0.0.1:80/ does not answer"));

        assertEquals(Phase.READY, phase());
        assertTrue(read.lastWords().isEmpty());
    }

    @Test
    void shouldPublishHowTheJvmDoes() throws Exception {
        open().figures();

        PublishedView view = read.published(JvmFigures.NAME, JvmFigures.LAYOUT);
        view.refresh();
        assertTrue(view.sequence() > 0);
        assertEquals(1, read.commitSequenceAcquire());
        LongField max = JvmFigures.HEAP_MAX;
        assertEquals(Runtime.getRuntime().maxMemory(), view.get(max));
        assertTrue(view.get(JvmFigures.HEAP_USED) > 0);
        assertTrue(view.get(JvmFigures.THREADS) > 0);
    }

    @Test
    void shouldBeginAnewOverTheFiguresOfAnotherRelease() throws Exception {
        RecordLayout.Builder builder = RecordLayout.named("jvm");
        builder.int64("somethingElse");
        try (OwnedSegment owned = SegmentFile.openOwned(arguments.segment(), arguments.lock(), 1, 1)) {
            owned.recover();
            owned.state().published(JvmFigures.NAME, builder.build());
            owned.state().commit();
        }

        open().figures();

        PublishedView view = read.published(JvmFigures.NAME, JvmFigures.LAYOUT);
        view.refresh();
        assertTrue(view.get(JvmFigures.HEAP_USED) > 0);
    }

    @Test
    void shouldNotTakeASegmentThatAnotherHas() throws Exception {
        open();
        assertThrows(SegmentLockedException.class, () -> AgentSegment.open(arguments, 4, RootNotifier.toNobody()));
    }
}
