package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Checkpoint;
import io.coppice.state.Checksum;
import io.coppice.state.Fence;
import io.coppice.state.LayoutMismatchException;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.Phase;
import io.coppice.state.RecordLayout;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.State;
import io.coppice.state.StateView;
import io.coppice.state.StructureInfo;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.RecoveryContext;
import io.coppice.worker.ResumeFrom;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an incarnation starts from, when it takes checkpoints, and what a new layout meets; on a real segment. */
class StartingContentsTest {
    private static final RecordLayout.Builder OLD = RecordLayout.named("r");
    private static final LongField VALUE = OLD.int64("value");
    private static final RecordLayout LAYOUT = OLD.build();

    private static final RecordLayout.Builder NEW = RecordLayout.named("r");
    private static final LongField NEW_VALUE = NEW.int64("value");
    private static final LongField TWICE = NEW.int64("twice");
    private static final RecordLayout NEW_LAYOUT = NEW.build();

    @TempDir
    Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final WorkerLog log = new WorkerLog(new PrintStream(logged, true), "ingest");
    private OwnedSegment segment;

    @BeforeEach
    void open() throws Exception {
        Path file = directory.resolve("ingest.seg");
        SegmentSpec spec = new SegmentSpec("shop", "ingest", SegmentSpec.KIND_DAEMON, 128 << 10, 2);
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        segment = SegmentFile.openOwned(file, directory.resolve("ingest.lock"), 1, 1);
        segment.recover();
        commit(1);
        segment.checkpoint();
        commit(2);
    }

    @AfterEach
    void close() throws Exception {
        segment.close();
    }

    private void commit(long value) {
        segment.state().record("r", LAYOUT).set(VALUE, value);
        segment.state().commit();
    }

    private long value() {
        return segment.state().record("r", LAYOUT).get(VALUE);
    }

    private int abandoned() throws Exception {
        return SegmentFile.abandoned(directory.resolve("ingest.seg")).size();
    }

    private static StatePolicy policy(StatePolicy.Resume resume, StatePolicy.Evolve evolve) {
        return new StatePolicy(resume, evolve, 0, 0, Checksum.NONE);
    }

    private void prepare(StatePolicy.Resume resume, Daemon daemon, ReleaseLine.Fallback... fallback) throws Exception {
        StatePolicy policy = policy(resume, StatePolicy.Evolve.MIGRATE);
        new StartingContents(segment, policy, new SegmentPort(segment, new RootNotifier(), policy, null, log))
                .prepare(daemon, Optional.empty(), List.of(fallback).stream().findFirst());
    }

    /** A daemon that answers when it is asked, and migrates. */
    private static class Answering implements Daemon {
        final Function<RecoveryContext, ResumeFrom> answer;

        Answering(Function<RecoveryContext, ResumeFrom> answer) {
            this.answer = answer;
        }

        @Override
        public ResumeFrom recover(RecoveryContext context) {
            return answer.apply(context);
        }

        @Override
        public void migrate(StateView old, State state) {
            long value = old.record("r", LAYOUT).get(VALUE);
            state.record("r", NEW_LAYOUT).set(NEW_VALUE, value);
            state.record("r", NEW_LAYOUT).set(TWICE, 2 * value);
        }

        @Override
        public void start(DaemonContext context) {
            context.state().record("r", NEW_LAYOUT);
        }

        @Override
        public Next step() {
            return Next.DONE;
        }
    }

    private static Answering never() {
        return new Answering(context -> {
            throw new IllegalStateException("not to be asked");
        });
    }

    @Test
    void shouldGoOnFromTheLastCommitByDefault() throws Exception {
        prepare(StatePolicy.Resume.RESUME, never());
        assertEquals(List.of(2L, 1L), List.of(value(), segment.timeline()));
    }

    @Test
    void shouldStartEmptyWithoutKeepingAnythingWhereZeroIsDeclared() throws Exception {
        prepare(StatePolicy.Resume.ZERO, never());
        assertEquals(List.of(), segment.state().structures());
        assertEquals(0, abandoned());
        assertTrue(
                logged.toString()
                        .contains("starting empty, as declared (`resume: zero`); commit 2 of timeline 1 is not kept\n"),
                logged.toString());
    }

    @Test
    void shouldAskTheDaemonAndTellItWhatThereIs() throws Exception {
        prepare(StatePolicy.Resume.ASK, new Answering(context -> {
            assertEquals(2, context.commitSequence());
            assertEquals(1, context.timeline());
            assertEquals(1, context.checkpoints().size());
            assertEquals(2, context.contents().record("r", LAYOUT).get(VALUE));
            return ResumeFrom.checkpoint(context.checkpoints().get(0));
        }));
        assertEquals(List.of(1L, 2L), List.of(value(), segment.timeline()));
        assertEquals(1, abandoned());
        prepare(StatePolicy.Resume.ASK, new Answering(context -> ResumeFrom.lastCommit()));
        assertEquals(1, value());
        prepare(StatePolicy.Resume.ASK, new Answering(context -> ResumeFrom.zero()));
        assertEquals(List.of(), segment.state().structures());
        assertEquals(2, abandoned());
        prepare(StatePolicy.Resume.ASK, never());
        assertTrue(
                logged.toString()
                        .contains(
                                "went back to the checkpoint of commit 1, as recover() answered; what was there is set"
                                        + " aside as T1-C2\n"),
                logged.toString());
        assertTrue(
                logged.toString()
                        .contains("starting empty, as recover() answered; what was there is set aside as T2-C1\n"),
                logged.toString());
    }

    @Test
    void shouldFallBackAsTheRootSays() throws Exception {
        prepare(StatePolicy.Resume.ASK, never(), ReleaseLine.Fallback.CHECKPOINT);
        assertEquals(1, value());
        prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.EMPTY);
        assertEquals(List.of(), segment.state().structures());
        assertEquals(2, abandoned());
        assertTrue(
                logged.toString()
                        .contains("fell back to the checkpoint of commit 1: processes kept dying on the last commit;"
                                + " what was there is set aside as T1-C2\n"),
                logged.toString());
    }

    @Test
    void shouldNotFallBackToACheckpointOfTheVeryCommitThatKills() throws Exception {
        segment.checkpoint();
        prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.CHECKPOINT);
        assertEquals(1, value());
    }

    /** Contents that an earlier step back abandoned, because processes died of them perhaps, are nothing to fall back to. */
    @Test
    void shouldNotFallBackToACheckpointOfContentsThatWereAbandoned() throws Exception {
        segment.checkpoint();
        prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.CHECKPOINT);
        assertEquals(1, value());
        commit(3);
        prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.CHECKPOINT);
        assertEquals(1, value(), "2 is what was abandoned before");
    }

    @Test
    void shouldGoOnIfThereIsNoCheckpointToFallBackTo() throws Exception {
        segment.checkpoint();
        segment.checkpoint();
        prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.CHECKPOINT);
        assertEquals(2, value());
        assertTrue(logged.toString().contains("no sound checkpoint"), logged.toString());
    }

    /** The segment is opened anew, with a checksum, after one byte of its arena was damaged. */
    private void damage() throws Exception {
        segment.recover(Checksum.ARENA);
        commit(3);
        segment.close();
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("ingest.seg").toFile(), "rw")) {
            file.seek((128 << 10) - 1);
            file.write(1);
        }
        segment = SegmentFile.openOwned(directory.resolve("ingest.seg"), directory.resolve("ingest.lock"), 1, 2);
        assertThrows(SegmentDamagedException.class, () -> segment.recover(Checksum.ARENA));
    }

    @Test
    void shouldFallBackFromDamagedContentsAlsoToACheckpointOfTheVeryCommit() throws Exception {
        segment.recover(Checksum.ARENA);
        commit(3);
        segment.checkpoint();
        damage();
        prepare(StatePolicy.Resume.ASK, never(), ReleaseLine.Fallback.CHECKPOINT);
        assertEquals(3, value());
        assertEquals(1, abandoned());
        assertTrue(logged.toString().contains("checkpoint of commit 3: the contents were damaged"), logged.toString());
    }

    @Test
    void shouldFallBackFromDamagedContentsToAnEmptyState() throws Exception {
        damage();
        prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.EMPTY);
        assertEquals(List.of(), segment.state().structures());
        assertEquals(1, abandoned());
    }

    @Test
    void shouldNotMindDamageOfContentsThatAreNotWanted() throws Exception {
        damage();
        prepare(StatePolicy.Resume.ZERO, never());
        assertEquals(List.of(), segment.state().structures());
        assertEquals(0, abandoned());
    }

    @Test
    void shouldNeverStartFromDamagedContents() throws Exception {
        for (Checkpoint kept : segment.checkpoints()) {
            assertEquals(1, kept.number());
        }
        damage();
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("ingest.seg").toFile(), "rw")) {
            file.seek(128 << 10);
            file.write(9);
        }
        assertThrows(
                SegmentDamagedException.class,
                () -> prepare(StatePolicy.Resume.RESUME, never(), ReleaseLine.Fallback.CHECKPOINT));
        assertTrue(logged.toString().contains("no sound checkpoint to fall back to"), logged.toString());
        assertTrue(segment.isDamaged());
    }

    private int run(StatePolicy.Evolve evolve, Daemon daemon) {
        SegmentPort port =
                new SegmentPort(segment, new RootNotifier(), policy(StatePolicy.Resume.RESUME, evolve), null, log);
        StopRequest stop = new StopRequest(Thread.currentThread());
        WorkerArguments arguments = new WorkerArguments(
                "shop",
                "ingest",
                Path.of("s"),
                Path.of("l"),
                Path.of("o"),
                "C",
                3,
                StatePolicy.DEFAULT,
                Fence.LOCK,
                null,
                java.util.Map.of(),
                List.of(),
                null);
        WorkerContext context = new WorkerContext(arguments, 1, Optional.empty(), segment::state, port, stop, null);
        return new DutyCycle(daemon, context, port, stop, 3_000_000_000L).run();
    }

    @Test
    void shouldRefuseAnotherLayoutUnlessItIsDeclaredWhatThenHappens() {
        assertEquals(ExitCode.CONTENTS_NOT_MADE, run(StatePolicy.Evolve.REFUSE, never()));
        assertEquals(List.of(2L, 1L), List.of(value(), segment.timeline()));
        assertTrue(logged.toString().contains(LayoutMismatchException.class.getSimpleName()), logged.toString());
    }

    @Test
    void shouldStartEmptyWithAnotherLayoutAndKeepTheOldContents() throws Exception {
        assertEquals(ExitCode.DONE, run(StatePolicy.Evolve.ZERO, never()));
        assertEquals(0, segment.state().record("r", NEW_LAYOUT).get(NEW_VALUE));
        assertEquals(1, abandoned());
    }

    /** What a peer's contents look like says nothing about this daemon's own. */
    @Test
    void shouldNotGiveUpItsOwnContentsForALayoutThatAViewDoesNotHave() throws Exception {
        Answering reading = new Answering(context -> ResumeFrom.lastCommit()) {
            @Override
            public void start(DaemonContext context) {
                segment.copy().record("r", NEW_LAYOUT);
            }
        };
        assertEquals(ExitCode.EXCEPTION, run(StatePolicy.Evolve.ZERO, reading));
        assertEquals(ExitCode.EXCEPTION, run(StatePolicy.Evolve.MIGRATE, reading));
        assertEquals(List.of(2L, 1L), List.of(value(), segment.timeline()));
        assertEquals(0, abandoned());
    }

    @Test
    void shouldTellHowManyMessagesAMigrationLeavesBehind() throws Exception {
        State state = segment.state();
        state.channel("orders", 512, "audit", "billing").offer(new byte[8]);
        state.channel("read", 512, "audit");
        state.commit();
        state.channel("orders", 512, "audit", "billing").offer(new byte[8]);
        state.commit();
        assertEquals(ExitCode.DONE, run(StatePolicy.Evolve.MIGRATE, never()));
        assertTrue(
                logged.toString()
                        .contains("the migration leaves 2 messages of channel orders behind that, when it last had to"
                                + " look, not all of its receivers (audit, billing) had read; they are in the contents"
                                + " that are kept aside"),
                logged.toString());
        assertFalse(logged.toString().contains("channel read"), logged.toString());
    }

    @Test
    void shouldMigrateToAnotherLayout() throws Exception {
        assertEquals(ExitCode.DONE, run(StatePolicy.Evolve.MIGRATE, never()));
        assertEquals(4, segment.state().record("r", NEW_LAYOUT).get(TWICE));
        assertEquals(1, abandoned());
    }

    @Test
    void shouldSayWhyTheOldContentsCannotBeMigrated() throws Exception {
        segment.state().longLongMap("damaged", 10);
        segment.state().commit();
        StructureInfo map = segment.state().structures().stream()
                .filter(structure -> structure.name().equals("damaged"))
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("ingest.seg").toFile(), "rw")) {
            file.seek(map.offsetBytes());
            file.write(5); // The map's size.
        }
        String said;
        try {
            run(StatePolicy.Evolve.MIGRATE, never());
            said = logged.toString();
        } catch (IllegalStateException e) {
            said = logged + e.toString();
        }
        assertTrue(said.contains("Map damaged is damaged"), said);
    }

    @Test
    void shouldKeepTheOldContentsWhenTheDaemonCannotMigrate() throws Exception {
        Daemon without = new Daemon() {
            @Override
            public void start(DaemonContext context) {
                context.state().record("r", NEW_LAYOUT);
            }

            @Override
            public Next step() {
                return Next.DONE;
            }
        };
        assertEquals(ExitCode.CONTENTS_NOT_MADE, run(StatePolicy.Evolve.MIGRATE, without));
        assertEquals(2, value());
        assertEquals(0, abandoned());
        assertTrue(logged.toString().contains("has no migrate()"), logged.toString());
    }

    @Test
    void shouldTakeACheckpointAfterSoManyCommitsOfStepsOrWhenAskedTo() {
        SegmentPort port = new SegmentPort(
                segment,
                new RootNotifier(),
                new StatePolicy(StatePolicy.Resume.RESUME, StatePolicy.Evolve.REFUSE, 0, 3, Checksum.NONE),
                null,
                log);
        port.phase(Phase.READY);
        for (long value = 3; value <= 8; value++) {
            segment.state().record("r", LAYOUT).set(VALUE, value);
            port.commitStep();
        }
        assertEquals(
                List.of(8L, 5L),
                segment.checkpoints().stream().map(c -> c.commitSequence()).toList());
        port.commitStep();
        port.requestCheckpoint();
        port.rollback();
        port.commitStep();
        assertEquals(3, segment.checkpoints().get(0).number());
        port.requestCheckpoint();
        port.commitStep();
        assertEquals(4, segment.checkpoints().get(0).number());
    }

    /** Each of the two has a timeout of its own, which the root can keep only if it knows. */
    @Test
    void shouldTellTheRootWhileUserCodeRecoversOrMigrates() throws Exception {
        List<Integer> phases = new ArrayList<>();
        try (var reader = SegmentFile.openReadOnly(directory.resolve("ingest.seg"))) {
            segment.phase(Phase.STARTING);
            prepare(StatePolicy.Resume.ASK, new Answering(context -> {
                phases.add(reader.phase());
                return ResumeFrom.lastCommit();
            }));
            phases.add(reader.phase());
            run(StatePolicy.Evolve.MIGRATE, new Answering(context -> ResumeFrom.lastCommit()) {
                @Override
                public void start(DaemonContext context) {
                    phases.add(reader.phase());
                    super.start(context);
                }

                @Override
                public void migrate(StateView old, State state) {
                    phases.add(reader.phase());
                    super.migrate(old, state);
                }
            });
        }
        assertEquals(
                Stream.of(Phase.RECOVERING, Phase.STARTING, Phase.STARTING, Phase.MIGRATING, Phase.STARTING)
                        .map(Phase::code)
                        .toList(),
                phases);
    }

    @Test
    void shouldTellTheRootWhetherAStepCommitted() throws Exception {
        SegmentPort port = new SegmentPort(segment, new RootNotifier(), StatePolicy.DEFAULT, null, log);
        try (var reader = SegmentFile.openReadOnly(directory.resolve("ingest.seg"))) {
            port.phase(Phase.STARTING);
            segment.state().record("r", LAYOUT).set(VALUE, 9);
            port.commit();
            assertEquals(0, reader.lastStepCommit());
            port.phase(Phase.READY);
            port.commitStep();
            assertEquals(0, reader.lastStepCommit(), "a step that changed nothing is no commit");
            segment.state().record("r", LAYOUT).set(VALUE, 10);
            port.commitStep();
            assertEquals(4, reader.lastStepCommit());
        }
        assertFalse(segment.migrationPending());
    }
}
