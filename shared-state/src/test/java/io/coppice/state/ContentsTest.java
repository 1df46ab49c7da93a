package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints, steps back, abandoned contents and migrations of a segment in a file. */
class ContentsTest {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("r");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private static final RecordLayout.Builder WIDER = RecordLayout.named("r");
    private static final LongField WIDER_VALUE = WIDER.int64("value");
    private static final LongField SQUARE = WIDER.int64("square");
    private static final RecordLayout WIDER_LAYOUT = WIDER.build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @SuppressWarnings("NullAway.Init")
    private OwnedSegment owner;

    @BeforeEach
    void create() throws IOException, SegmentException {
        SegmentSpec spec = new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 128 << 10, 2);
        file = TestSegments.create(directory.resolve("unit.seg"), spec);
        assertEquals(Validation.Valid.class, SegmentFile.validate(file, spec).getClass());
        reopen();
    }

    @AfterEach
    void close() throws IOException {
        owner.close();
    }

    private void reopen() throws SegmentException {
        owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1);
        owner.recover();
    }

    private void commit(long value) {
        owner.state().published("r", LAYOUT).set(VALUE, value);
        owner.state().commit();
    }

    private long value() {
        return owner.state().published("r", LAYOUT).get(VALUE);
    }

    private List<String> abandoned() throws SegmentException {
        return SegmentFile.abandoned(file).stream().map(Abandoned::id).toList();
    }

    @Test
    void shouldKeepTheNewestCheckpointsAndSayWhichTheyAre() throws IOException, SegmentException {
        assertEquals(List.of(), owner.checkpoints());
        for (long value = 1; value <= 3; value++) {
            commit(value);
            Checkpoint made = owner.checkpoint();
            assertEquals(value, made.commitSequence());
            assertTrue(owner.verify(made));
        }
        assertEquals(
                List.of(3L, 2L),
                owner.checkpoints().stream().map(Checkpoint::number).toList());
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            assertEquals(owner.checkpoints(), reader.checkpoints());
            assertTrue(reader.verify(reader.checkpoints().get(1)));
        }
    }

    @Test
    void shouldRefuseACheckpointOfUncommittedChanges() {
        commit(1);
        owner.state().published("r", LAYOUT).set(VALUE, 2);
        IllegalStateException refusal = assertThrows(IllegalStateException.class, owner::checkpoint);
        assertTrue(String.valueOf(refusal.getMessage()).contains("uncommitted"));
        assertEquals(List.of(), owner.checkpoints());
    }

    @Test
    void shouldRefuseACheckpointWhereNoneIsDeclared() {
        OwnedSegment without = TestSegments.own(TestSegments.formatted(64 << 10), 1);
        without.recover();
        IllegalStateException refusal = assertThrows(IllegalStateException.class, without::checkpoint);
        assertTrue(
                String.valueOf(refusal.getMessage()).contains("`checkpoints`, and `coppice reload`."),
                refusal.getMessage());
    }

    @Test
    void shouldStepBackToACheckpointOnANewTimelineAndKeepWhatItAbandons() throws IOException, SegmentException {
        commit(1);
        Checkpoint first = owner.checkpoint();
        commit(2);
        commit(3);
        Record before = owner.state().published("r", LAYOUT);
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            PublishedView view = reader.published("r", LAYOUT);
            assertTrue(view.refresh());
            assertEquals(List.of(1L, 3L), List.of(view.timeline(), view.sequence()));
            owner.restore(first);
            assertEquals(1, value());
            assertEquals(1, owner.state().commitSequence());
            IllegalStateException gone = assertThrows(IllegalStateException.class, () -> before.set(VALUE, 9));
            assertTrue(
                    String.valueOf(gone.getMessage()).contains("or a step back or migration replaced the contents"),
                    gone.getMessage());
            assertFalse(view.refresh());
            assertEquals(3, view.get(VALUE));
            assertTrue(owner.state().dirty(), "the first commit must publish again");
            owner.state().commit();
            assertTrue(view.refresh());
            assertEquals(List.of(2L, 2L, 1L), List.of(view.timeline(), view.sequence(), view.get(VALUE)));
            assertEquals(List.of(new Timeline(1, 0), new Timeline(2, 1)), reader.timelines());
            assertEquals(2, TestSegments.snapshot(reader).timeline());
        }
        assertEquals(List.of("T1-C3"), abandoned());
        Abandoned kept = SegmentFile.abandoned(file).get(0);
        assertEquals(directory.resolve("unit.own/T1-C3.seg"), kept.file());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept.file())));
        try (ReadOnlySegment inspected = SegmentFile.openReadOnly(kept.file())) {
            assertEquals(3, TestSegments.snapshot(inspected).record("r", LAYOUT).get(VALUE));
        }
        owner.close();
        reopen();
        assertEquals(List.of(1L, 2L), List.of(value(), owner.timeline()));
    }

    @Test
    void shouldRefuseADamagedCheckpointAndChangeNothing() throws IOException, SegmentException {
        commit(1);
        Checkpoint first = owner.checkpoint();
        commit(2);
        try (MappedMemory stray = MappedMemory.map(file, true)) {
            long data = SegmentGeometry.of(128 << 10, 2).checkpointOffset(first.area()) + 4096 + 80;
            stray.putByte(data, (byte) (stray.getByte(data) ^ 1));
        }
        assertFalse(owner.verify(first));
        assertThrows(SegmentDamagedException.class, () -> owner.restore(first));
        assertEquals(
                List.of(2L, 1L, 2L),
                List.of(value(), owner.timeline(), owner.state().commitSequence()));
        assertEquals(List.of(), abandoned());
    }

    @Test
    void shouldBringAbandonedContentsBackAndKeepThePresentOnes() throws SegmentException {
        commit(1);
        commit(2);
        owner.empty(true);
        assertEquals(0, owner.state().commitSequence());
        assertEquals(List.of(), owner.state().structures());
        commit(77);
        owner.restore(SegmentFile.abandoned(file).get(0));
        assertEquals(List.of(2L, 2L, 3L), List.of(value(), owner.state().commitSequence(), owner.timeline()));
        assertEquals(List.of("T2-C1", "T1-C2"), abandoned());
    }

    @Test
    void shouldKeepABoundedNumberAndNeverDropWhatItBringsBack() throws SegmentException {
        for (long round = 1; round <= 5; round++) {
            commit(round);
            owner.empty(true);
        }
        assertEquals(List.of("T5-C1", "T4-C1", "T3-C1"), abandoned());
        commit(6);
        owner.restore(SegmentFile.abandoned(file).get(2));
        assertEquals(3, value());
        assertEquals(List.of("T6-C1", "T5-C1", "T4-C1", "T3-C1"), abandoned());
    }

    /** A crash loop in recover() or start() steps back to the same checkpoint at each restart, and commits nothing. */
    @Test
    void shouldNotLoseWhatWasAbandonedByStepsBackFromContentsThatAreStillTheCheckpoints() throws Exception {
        commit(1);
        Checkpoint checkpoint = owner.checkpoint();
        commit(2);
        for (int restart = 0; restart < 5; restart++) {
            owner.restore(checkpoint);
            assertEquals(1, value());
        }
        assertTrue(abandoned().contains("T1-C2"), "commit 2 is kept nowhere: " + abandoned());
    }

    /** The same loop, but each start commits something of its own before it dies. */
    @Test
    void shouldNotLoseWhatStepsMadeByStepsBackFromWhatStartsMade() throws Exception {
        commit(1);
        Checkpoint checkpoint = owner.checkpoint();
        commit(2);
        owner.stepCommitted();
        for (int restart = 0; restart < 5; restart++) {
            owner.close();
            reopen();
            owner.restore(checkpoint);
            commit(100 + restart);
        }
        assertEquals(List.of("T5-C2", "T4-C2", "T1-C2"), abandoned());
    }

    @Test
    void shouldKeepContentsThatAreACheckpointsWhenItIsNotTheOneSteppedBackTo() throws SegmentException {
        commit(1);
        owner.checkpoint();
        owner.empty(true);
        assertEquals(List.of("T1-C1"), abandoned(), "later checkpoints will overwrite that one");
    }

    @Test
    void shouldNotKeepWhatIsEmptyOrNotAskedFor() throws SegmentException {
        owner.empty(true);
        commit(1);
        owner.empty(false);
        assertEquals(List.of(), abandoned());
        assertEquals(3, owner.timeline());
    }

    @Test
    void shouldRefuseToStepBackWhenThePresentContentsCannotBeKept() throws IOException, SegmentException {
        commit(1);
        Checkpoint first = owner.checkpoint();
        commit(2);
        // A directory in the way that cannot be replaced: the same for root, whom no mode of a directory stops.
        Files.createDirectories(directory.resolve("unit.own/T1-C2.seg").resolve("in the way"));
        SegmentException refusal = assertThrows(SegmentException.class, () -> owner.restore(first));
        assertTrue(String.valueOf(refusal.getMessage()).contains("Cannot set aside"), refusal.getMessage());
        assertThrows(SegmentException.class, () -> owner.empty(true));
        assertThrows(SegmentException.class, () -> owner.migrate((old, state) -> {}));
        assertEquals(
                List.of(2L, 1L, 2L),
                List.of(value(), owner.timeline(), owner.state().commitSequence()));
        commit(3);
        assertEquals(3, value());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of(),
                    files.filter(f -> f.toString().contains("unfinished")).toList());
        }
    }

    @Test
    void shouldRemoveWhatADeathInTheMiddleOfKeepingLeft() throws IOException, SegmentException {
        Path left = Files.createFile(directory.resolve("unit.own/.1234.unfinished"));
        commit(1);
        owner.empty(true);
        assertFalse(Files.exists(left));
    }

    @Test
    void shouldNameTheManifestKeyThatSaysWhatAnotherLayoutMeets() {
        commit(7);
        LayoutMismatchException mismatch =
                assertThrows(LayoutMismatchException.class, () -> owner.state().published("r", WIDER_LAYOUT));
        String toDo = " Use what it was created with, or say with the manifest key `evolve` what a start that asks for"
                + " something else does: `refuse` (the default), `zero` (start empty) or `migrate` (call migrate());"
                + " the old contents are set aside.";
        assertEquals(mismatch.difference() + toDo, mismatch.getMessage());
        LayoutMismatchException other =
                assertThrows(LayoutMismatchException.class, () -> owner.state().queue("r", LAYOUT, 5));
        assertEquals(other.difference() + toDo, other.getMessage());
    }

    @Test
    void shouldMigrateAsOneChangeAndKeepTheOldContents() throws Exception {
        commit(7);
        assertThrows(LayoutMismatchException.class, () -> owner.state().published("r", WIDER_LAYOUT));
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            PublishedView view = reader.published("r", LAYOUT);
            assertTrue(view.refresh());
            owner.migrate((old, state) -> {
                Record wider = state.published("r", WIDER_LAYOUT);
                long value = old.record("r", LAYOUT).get(VALUE);
                wider.set(WIDER_VALUE, value);
                state.commit();
                assertEquals(SnapshotResult.Busy.class, reader.snapshot().getClass());
                assertFalse(view.refresh());
                assertEquals(Optional.of(StepBackKind.MIGRATION), reader.stepBack());
                wider.set(SQUARE, value * value);
            });
            assertEquals(Optional.empty(), reader.stepBack());
            assertThrows(LayoutMismatchException.class, view::refresh);
            assertEquals(7, view.get(VALUE));
        }
        assertEquals(49, owner.state().published("r", WIDER_LAYOUT).get(SQUARE));
        assertEquals(List.of(2L, 3L), List.of(owner.timeline(), owner.state().commitSequence()));
        assertEquals(List.of("T1-C1"), abandoned());
    }

    @Test
    void shouldBeAsBeforeWhenAMigrationThrows() throws SegmentException {
        commit(7);
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> owner.migrate((old, state) -> {
                    state.record("half", WIDER_LAYOUT).set(SQUARE, 1);
                    state.commit();
                    throw new IllegalArgumentException("not like this");
                }));
        assertEquals("not like this", thrown.getMessage());
        assertEquals(7, value());
        assertEquals(1, owner.state().commitSequence());
        assertEquals(List.of(), abandoned());
        commit(8);
    }

    /** What cannot be shown to the migration is found before anything is decided, as what cannot be kept is. */
    @Test
    void shouldBeAsBeforeWhenTheOldContentsCannotBeShownToAMigration() throws Exception {
        commit(7);
        owner.state().longLongMap("damaged", 10);
        owner.state().commit();
        StructureInfo map = owner.state().structures().stream()
                .filter(structure -> structure.name().equals("damaged"))
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile segment = new RandomAccessFile(file.toFile(), "rw")) {
            segment.seek(map.offsetBytes() + MapLayout.SIZE_OFFSET);
            segment.write(5);
        }
        assertThrows(SegmentException.class, () -> owner.migrate((old, state) -> {}));
        assertFalse(owner.migrationPending());
        assertEquals(7, value());
        assertEquals(1, owner.timeline());
    }

    @Test
    void shouldBeginAMigrationAgainAfterADeathInIt() throws Exception {
        commit(7);
        dieInMigration();
        assertTrue(owner.migrationPending());
        assertThrows(IllegalStateException.class, owner::state);
        owner.rollback();
        assertTrue(owner.migrationPending());
        owner.migrate((old, state) -> {
            assertEquals(List.of(), state.structures());
            state.record("new", LAYOUT).set(VALUE, old.record("r", LAYOUT).get(VALUE));
        });
        assertFalse(owner.migrationPending());
        assertEquals(7, owner.state().record("new", LAYOUT).get(VALUE));
        assertEquals(2, owner.timeline());
    }

    /** The decision is all that is left of such a step back: the contents are what they were, or partly replaced. */
    @Test
    void shouldLetAnotherStepBackReplaceOneThatCannotBeFinished() throws IOException, SegmentException {
        commit(1);
        Checkpoint first = owner.checkpoint();
        commit(2);
        decideAndDie(new StepBack.Decision(StepBackKind.ABANDONED, 1, 9, 2));
        assertThrows(SegmentDamagedException.class, owner::recover);
        assertThrows(SegmentDamagedException.class, owner::state);
        owner.restore(first);
        assertEquals(List.of(1L, 2L), List.of(value(), owner.timeline()));
        commit(3);

        decideAndDie(new StepBack.Decision(StepBackKind.CHECKPOINT, first.area(), 9, 3));
        assertThrows(SegmentDamagedException.class, owner::recover);
        owner.empty(true);
        assertEquals(List.of(), owner.state().structures());
        commit(4);
        owner.close();
        reopen();
        assertEquals(4, value());
    }

    private void decideAndDie(StepBack.Decision decision) throws IOException, SegmentException {
        owner.close();
        try (MappedMemory memory = MappedMemory.map(file, true)) {
            new StepBack(new CommitEngine(memory, SegmentGeometry.of(128 << 10, 2), "test/unit")).decide(decision);
        }
        owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1);
    }

    @Test
    void shouldLetAnInterruptedMigrationBeGivenUp() throws IOException, SegmentException {
        commit(7);
        dieInMigration();
        owner.restore(SegmentFile.abandoned(file).get(0));
        assertEquals(List.of(7L, 1L), List.of(value(), owner.state().commitSequence()));
        dieInMigration();
        owner.empty(true);
        assertEquals(List.of(), owner.state().structures());
        assertFalse(owner.migrationPending());
    }

    /** What is on disk after a kill in the middle of user code. */
    private void dieInMigration() throws IOException, SegmentException {
        Path copy = directory.resolve("copy");
        try {
            owner.migrate((old, state) -> {
                state.record("half", WIDER_LAYOUT).set(SQUARE, 1);
                state.commit();
                Files.copy(file, copy);
                for (Abandoned kept : SegmentFile.abandoned(file)) {
                    Files.copy(kept.file(), directory.resolve(kept.id() + ".copy"));
                }
                throw new IllegalStateException("dies");
            });
        } catch (Exception e) {
            assertEquals("dies", e.getMessage());
        }
        owner.close();
        Files.move(copy, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path kept : files.filter(f -> f.toString().endsWith(".copy")).toList()) {
                String id = String.valueOf(kept.getFileName()).replace(".copy", "");
                Files.move(
                        kept,
                        directory.resolve("unit.own/" + id + ".seg"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        reopen();
    }

    @Test
    void shouldRefuseContentsOfAnotherSize() throws IOException, SegmentException {
        commit(1);
        owner.empty(true);
        Abandoned kept = SegmentFile.abandoned(file).get(0);
        SegmentSpec other = new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 256 << 10);
        Files.delete(kept.file());
        TestSegments.create(kept.file(), other);
        commit(2);
        SegmentException refusal = assertThrows(SegmentException.class, () -> owner.restore(kept));
        assertTrue(String.valueOf(refusal.getMessage()).contains("`state`"), refusal.getMessage());
        assertEquals(2, value());
    }

    @Test
    void shouldTellTheCostOfCheckpoints() {
        assertEquals(1 << 20, SegmentSpec.lengthFor(1 << 20, 0));
        assertTrue(SegmentSpec.lengthFor(64 << 20, 2) > 170L << 20);
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 1024 << 20, 2));
        assertTrue(String.valueOf(refusal.getMessage()).contains("2047MiB"), refusal.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 1 << 20, 17));
    }

    @Test
    void shouldSayWhichCommitAStepMadeLast() throws IOException, SegmentException {
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            commit(1);
            assertEquals(0, reader.lastStepCommit());
            owner.stepCommitted();
            assertEquals(1, reader.lastStepCommit());
        }
    }
}
