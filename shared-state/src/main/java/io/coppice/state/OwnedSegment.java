package io.coppice.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A segment mapped for writing by its owner, who holds the kernel lock on its lock file for as long as this is open, or will
 * have it soon ({@link #tryTakeLock}). Made by {@link SegmentFile#openOwned}. One thread, except {@link #phase} and {@link #lastWords}, which another thread of the owner
 * may call when the loop thread no longer does, and {@link #answers}, which one other thread at a time may call.
 *
 * <p>Order of use: open, {@link #recover()}, {@link #state()}, then commits.
 */
public final class OwnedSegment implements AutoCloseable {
    /** Slots of one daemon's transactions at most. */
    public static final int MAX_SLOTS = HeaderLayout.MAX_SLOTS;

    private final Memory memory;
    private final Header header;
    private final CommitEngine engine;
    private final Heartbeat heartbeat;
    private final @Nullable MappedMemory mapping;
    private final @Nullable OwnerLock lock;
    private final Checkpoints checkpoints;
    private final Contents contents;
    private final long incarnation;
    private @Nullable State state;

    /** Why what the segment holds cannot be used, null if it can. */
    private @Nullable SegmentDamagedException damage;

    /** What {@link #recover(Checksum)} asked for, null what the segment says. */
    private @Nullable Checksum wanted;

    OwnedSegment(
            Memory memory,
            Header header,
            long pid,
            long incarnation,
            @Nullable MappedMemory mapping,
            @Nullable OwnerLock lock,
            @Nullable Aside aside) {
        this.memory = memory;
        this.header = header;
        SegmentGeometry geometry = header.geometry();
        this.engine = new CommitEngine(memory, geometry, header.instance() + "/" + header.name());
        this.checkpoints = new Checkpoints(memory, geometry);
        this.contents = new Contents(engine, checkpoints, aside);
        this.heartbeat = new Heartbeat(memory);
        this.mapping = mapping;
        this.lock = lock;
        this.incarnation = incarnation;
        takeOver(pid);
    }

    /**
     * Rolls back what the predecessor did not commit, or finishes the step back that it died in. Harmless to repeat, and to
     * be killed in. A migration it can only begin again: {@link #migrationPending} is then true, and {@link #state} refuses
     * until {@link #migrate} or another step back has made something of the empty arena.
     *
     * <p>If the segment keeps a checksum of its arena, the arena is read and checked against it.
     *
     * @throws SegmentDamagedException if the arena is not what its last commit left, as far as the segment keeps a checksum; if
     *     the undo log, the directory, a step back's marker or the checkpoint that it leads to contradicts the layout; or if
     *     abandoned contents were being brought back and cannot be read. {@link #isDamaged} is then true and {@link #state}
     *     refuses, until a step back ({@link #restore}, {@link #empty}) has replaced the contents
     */
    public Recovery recover() {
        return recoverWith(null);
    }

    /**
     * The same; and from then on the segment keeps that checksum, whatever it kept before. Contents whose checksum is given up
     * are not checked any more.
     */
    public Recovery recover(Checksum checksum) {
        return recoverWith(checksum);
    }

    private Recovery recoverWith(@Nullable Checksum checksum) {
        phase(Phase.RECOVERING);
        detach();
        wanted = checksum;
        damage = null;
        try {
            engine.checksum().requireKnown();
            LiveWords.check(memory, header.geometry(), checksum != Checksum.NONE);
            if (!contents.finishPending()) {
                engine.restore();
            }
            boolean complete = !contents.migrationPending();
            if (complete && checksum != Checksum.NONE) {
                engine.checksum().verify(engine.sequence());
            }
            turnChecksum();
            if (complete) {
                attach();
            }
            return engine.restored();
        } catch (SegmentDamagedException e) {
            detach();
            damage = e;
            throw e;
        }
    }

    /** Whether {@link #recover()} found what the segment holds damaged, and nothing has replaced it since. */
    public boolean isDamaged() {
        return damage != null;
    }

    /** The checksum that the segment keeps of its arena. */
    public Checksum checksum() {
        return engine.checksum().isOn() ? Checksum.ARENA : Checksum.NONE;
    }

    /** Number of the last commit, as the segment says; also while there is no {@link #state}. */
    public long commitSequence() {
        return contents.commitSequence();
    }

    /**
     * What the segment holds.
     *
     * @throws IllegalStateException before {@link #recover()}, and while a migration is pending
     * @throws SegmentDamagedException if {@link #isDamaged}
     */
    public State state() {
        State recovered = state;
        if (recovered == null) {
            requireUndamaged();
            throw new IllegalStateException("Segment " + engine.segment()
                    + (contents.migrationPending()
                            ? " is empty, as its last owner died in a migration; call migrate(), or step back."
                            : " is not recovered yet; call recover() first."));
        }
        return recovered;
    }

    /**
     * Creates or attaches what this daemon has submitted to its transactions, as a part of {@link #state} that user code cannot
     * ask that for ({@link ReservedNames}). To be asked for again where the state is a new one.
     *
     * @param entries most requests, 1 to 4,096: those that run, wait and are quarantined taken together
     * @param maxInputBytes longest input, 0 to 67,108,864; that much is reserved for each
     * @throws IllegalStateException if there is no {@link #state}
     * @throws LayoutMismatchException if there is one of other sizes
     * @throws CapacityExceededException if the segment has no room for it
     */
    public Requests requests(int entries, int maxInputBytes) {
        return state().requests(entries, maxInputBytes);
    }

    /**
     * Creates or attaches the append log for the result of a request ({@link ReservedNames#RESULT}), in the same way.
     *
     * @throws IllegalStateException if there is no {@link #state}
     * @throws LayoutMismatchException if there is one of other capacities
     * @throws CapacityExceededException if the segment has no room for it
     */
    public AppendLog result(int capacityEntries, long capacityBytes) {
        return state().result(capacityEntries, capacityBytes);
    }

    /**
     * Back to the last commit, as {@link State#rollback}; nothing at all where there is no {@link #state}, since then there is
     * nothing that was changed, and something else to be told about.
     */
    public void rollback() {
        State present = state;
        if (present != null) {
            present.rollback();
        }
    }

    /**
     * A copy of the contents as of the last commit, as a reader would take it.
     *
     * @throws SegmentDamagedException if they contradict their layout
     */
    public StateView copy() {
        SnapshotResult result = new ConsistentCopy(memory, header.geometry(), engine.segment()).take(null);
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            return snapshot.view();
        }
        throw new SegmentDamagedException("Segment " + engine.segment() + " cannot be copied: " + result);
    }

    /** The owner's heartbeat. */
    public Heartbeat heartbeat() {
        return heartbeat;
    }

    /** The segment's identity. */
    public Header header() {
        return header;
    }

    /** The incarnation that opened it. */
    public long incarnation() {
        return incarnation;
    }

    /** The segment's timeline. */
    public long timeline() {
        return memory.getLong(HeaderLayout.TIMELINE_OFFSET);
    }

    /** Checkpoints whose description is sound, newest first. Allocates. */
    public List<Checkpoint> checkpoints() {
        return checkpoints.list();
    }

    /** Whether a checkpoint's data is what was copied. Reads all of it. */
    public boolean verify(Checkpoint checkpoint) {
        return checkpoints.verify(checkpoint);
    }

    /**
     * Whether a step back abandoned the contents that a checkpoint is of: it is no part of the history that led to the present
     * ones. Told by the timelines on record, of which one that is newer than the checkpoint began at an earlier commit. Where
     * contents were brought back that had been abandoned, their checkpoints count as abandoned all the same.
     */
    public boolean wasAbandoned(Checkpoint checkpoint) {
        return Timelines.read(memory).stream()
                .anyMatch(timeline -> timeline.number() > checkpoint.timeline()
                        && timeline.startCommit() < checkpoint.commitSequence());
    }

    /**
     * Copies the contents of the last commit over the oldest checkpoint. Blocks for as long as a copy of what is in use takes;
     * allocates 64 KiB the first time and little later. A death in the middle leaves the other checkpoints. If the segment keeps
     * a checksum of its arena, that is checked before the oldest checkpoint is touched, and again of what is copied.
     *
     * @throws SegmentDamagedException if the arena was damaged since the last commit; the checkpoints are as they were
     * @throws IllegalStateException if something changed since the last commit, or if the segment has no room for checkpoints
     */
    public Checkpoint checkpoint() {
        if (header.checkpoints() == 0) {
            throw new IllegalStateException("Segment " + engine.segment()
                    + " keeps no checkpoints. Declare how many with the manifest key `checkpoints`"
                    + ", and `coppice reload`.");
        }
        if (state().dirty()) {
            throw new IllegalStateException(
                    "Segment " + engine.segment()
                            + " has uncommitted changes; a checkpoint is a copy of a commit. Call commit() or rollback() first.");
        }
        engine.checksum().verify(engine.sequence());
        return checkpoints.take(timeline(), engine.sequence(), System.currentTimeMillis(), engine.checksum());
    }

    /**
     * Steps back to a checkpoint, on a new timeline. The contents it steps back from are kept aside first, unless they are that
     * checkpoint's, byte for byte. Structures handed out before stop working; ask the new {@link #state()} for them.
     *
     * @throws SegmentDamagedException if its data is not what was copied; nothing was changed
     * @throws SegmentException if the present contents cannot be kept; nothing was changed
     */
    public void restore(Checkpoint checkpoint) throws SegmentException {
        if (!verify(checkpoint)) {
            throw new SegmentDamagedException("Checkpoint " + checkpoint.number() + " of segment " + engine.segment()
                    + " is damaged: its checksum is not that of its data. Nothing was changed; take another one.");
        }
        stepBack(() -> contents.restore(checkpoint));
    }

    /**
     * Steps back to an empty state, on a new timeline.
     *
     * @param keep whether the present contents are kept aside first
     * @throws SegmentException if they cannot be kept; nothing was changed
     */
    public void empty(boolean keep) throws SegmentException {
        stepBack(() -> contents.empty(keep));
    }

    /**
     * Brings abandoned contents back, on a new timeline. The present contents are kept aside first.
     *
     * @throws SegmentDamagedException if they contradict their layout; nothing was changed
     * @throws SegmentException if they cannot be read, are of another size, or the present ones cannot be kept; nothing was
     *     changed
     */
    public void restore(Abandoned abandoned) throws SegmentException {
        stepBack(() -> contents.restore(abandoned));
    }

    /**
     * What the last step back of this owner set aside; empty if it was none that keeps anything, or found nothing to keep.
     */
    public Optional<Abandoned> setAside() {
        return contents.setAside();
    }

    /** Whether the predecessor died in a migration, which has to be begun again. */
    public boolean migrationPending() {
        return contents.migrationPending();
    }

    /**
     * Lets user code make new contents of the present ones, on a new timeline, as one atomic change. The present contents are
     * kept aside first; the migration sees a copy of them, and a state that is empty but for the {@link #requests}, which are as they were. It may commit as often as it likes:
     * nothing counts before it has returned and the last of it is committed. If it throws, the segment is as it was before.
     *
     * @throws SegmentException if the present contents cannot be kept or read; nothing was changed
     * @throws SegmentDamagedException if the present contents contradict their layout; nothing was changed
     * @throws Exception what the migration threw
     */
    public void migrate(Migration migration) throws Exception {
        requireUndamaged();
        AtomicReference<StateView> old = new AtomicReference<>();
        stepBack(() -> old.set(contents.beginMigration()));
        State target = attach();
        try {
            carryRequestsOver(old.get(), target);
            migration.migrate(old.get(), target);
            target.commit();
        } catch (Throwable thrown) {
            detach();
            try {
                contents.abortMigration();
                attach();
            } catch (SegmentException | RuntimeException second) {
                thrown.addSuppressed(second);
            }
            throw thrown;
        }
        contents.finishMigration();
    }

    /** What was submitted is nothing of the user code's: each request keeps its number, and comes to its end. */
    private static void carryRequestsOver(StateView old, State target) {
        if (old.structure(Requests.STRUCTURE).isEmpty()) {
            return;
        }
        RequestsView submitted = old.requests(Requests.STRUCTURE);
        Requests table = target.requests(submitted.capacity(), submitted.maxInputBytes());
        table.passOver(submitted.lastSequence());
        for (RequestInfo request : submitted.requests()) {
            table.addAgain(request, submitted.input(request.id()).orElseThrow());
            target.commit();
        }
    }

    /** Whether the segment has that size; also before {@link #recover()}. */
    boolean isOf(SegmentSize size) {
        return size.isThatOf(memory, header);
    }

    /**
     * What makes a segment of another size of this one, which is recovered for it.
     *
     * @throws SegmentException if this one cannot be carried over as it is
     */
    Resizing resizing(SegmentSize size) throws SegmentException {
        try {
            recover();
        } catch (SegmentDamagedException e) {
            throw new SegmentException("Its contents are damaged: " + e.getMessage(), e);
        }
        if (contents.migrationPending()) {
            throw new SegmentException("Its last owner died in a migration, which comes first.");
        }
        return new Resizing(memory, header, size);
    }

    /** Records that the last commit was one that a step of this owner made; see {@link ReadOnlySegment#lastStepCommit}. */
    public void stepCommitted() {
        memory.putLongRelease(HeaderLayout.LAST_STEP_COMMIT_OFFSET, engine.sequence());
    }

    /** Tells readers what the owner is doing. */
    public void phase(Phase phase) {
        phase(phase.code());
    }

    /** Tells readers what the owner is doing, as a {@link Phase} code. */
    public void phase(int code) {
        if (Phase.of(code).isEmpty()) {
            throw new IllegalArgumentException(
                    "Phase code " + code + " is unknown; use one of " + Arrays.toString(Phase.values()));
        }
        memory.releaseFence();
        memory.putInt(HeaderLayout.PHASE_OFFSET, code);
        memory.releaseFence();
    }

    /**
     * Tells readers which thread the loop is.
     *
     * @param tid the kernel's number of it, in this process's pid namespace; 0 if it is not known
     */
    public void loopThread(long tid) {
        memory.putLongRelease(HeaderLayout.LOOP_THREAD_OFFSET, tid);
    }

    /**
     * Tells readers that threads of this JVM run, whatever its loop does. It is no part of the contents, and nothing that a successor reads;
     * so it may be stored until the process ends.
     *
     * @param count one more than the questions that were answered
     */
    public void answers(long count) {
        memory.putLongRelease(HeaderLayout.ANSWERS_OFFSET, count);
    }

    /**
     * Tells the root what a slot of this daemon's transactions is to work on. No part of the contents: to be told after the
     * commit that decided it, and anew by each owner, from the contents.
     *
     * @param slot 1 to {@link #MAX_SLOTS}
     * @param word id of a request; its negative, if it is to be discarded; 0 none
     */
    public void request(int slot, long word) {
        memory.putLongRelease(HeaderLayout.requestOffset(slot), word);
    }

    /** What a slot is to work on, as {@link #request(int, long)} told last, this owner or one before. */
    public long request(int slot) {
        return memory.getLong(HeaderLayout.requestOffset(slot));
    }

    /** Tells the root that its orders up to that number are carried out, and what that changed is committed. */
    public void orderDone(long number) {
        memory.putLongRelease(HeaderLayout.ORDER_DONE_OFFSET, number);
    }

    /** The last order from the root that was carried out, by this owner or one before; 0 none. */
    public long orderDone() {
        return memory.getLong(HeaderLayout.ORDER_DONE_OFFSET);
    }

    /** The request that the contents belong to; 0 none. */
    public long requestId() {
        return memory.getLong(HeaderLayout.REQUEST_ID_OFFSET);
    }

    /**
     * Empties the contents for a request, whatever they were, damaged ones included; nothing is kept aside. A death in between
     * leaves the contents to the request before, without a result of its, or empty ones to this request. Structures handed
     * out before stop working; ask the new {@link #state()} for them.
     *
     * @param id positive
     * @throws IllegalStateException before {@link #recover()}
     */
    public void beginRequest(long id) {
        if (id <= 0) {
            throw new IllegalArgumentException("Request " + id + ": an id is positive.");
        }
        stepBack(() -> {
            engine.eraseResult();
            contents.discard();
        });
        memory.putLongRelease(HeaderLayout.REQUEST_ID_OFFSET, id);
        memory.releaseFence();
    }

    /** Whether the contents belong to that request and hold its result, committed; see {@link ReadOnlySegment#done}. */
    public boolean done(long id) {
        long stamp = memory.getLong(HeaderLayout.RESULT_STAMP_OFFSET);
        return requestId() == id && stamp > 0 && stamp <= commitSequence();
    }

    /**
     * Back to the last commit, and a new {@link #state()}: structures and the state that were handed out before stop working, so that
     * whoever has kept one can change nothing any more.
     *
     * @throws IllegalStateException if there is no state
     */
    public State renewState() {
        state().rollback();
        detach();
        return attach();
    }

    /**
     * Says that the next commit holds the result of the request. To be followed by that commit; a rollback or a death before it
     * takes it back.
     *
     * @throws IllegalStateException if there is no {@link #state}, or no request
     */
    public void stampResult() {
        state();
        if (requestId() == 0) {
            throw new IllegalStateException("Segment " + engine.segment()
                    + " belongs to no request, so it has no result. Call beginRequest(id) first.");
        }
        engine.stampResult();
    }

    /** Leaves a text for whoever asks why this owner ended; what exceeds 1024 bytes of UTF-8 is cut off. */
    public void lastWords(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, HeaderLayout.LAST_WORDS_CAPACITY);
        while (length > 0 && length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
            length--;
        }
        long sequence = memory.getLong(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET) | 1;
        memory.putLongRelease(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET, sequence);
        memory.releaseFence();
        memory.putInt(HeaderLayout.LAST_WORDS_LENGTH_OFFSET, length);
        memory.putBytes(HeaderLayout.LAST_WORDS_OFFSET, bytes, 0, length);
        memory.putLongRelease(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET, sequence + 1);
    }

    /** Whether the lock on the lock file is held; false only after a take-over without it ({@link Fence#WORD}). */
    public boolean isLocked() {
        return lock == null || lock.isHeld();
    }

    /**
     * Takes the lock on the lock file, should this have been opened without it because the predecessor, whose loop thread was
     * dead by its loop word, still had it ({@link Fence#WORD}). Does not wait: to be asked now and then until it is true.
     *
     * @return whether the lock is held, from now on or already
     * @throws SegmentException if the lock file cannot be locked or written; the former can be tried again, the latter is of no
     *     matter (the next call answers true)
     */
    public boolean tryTakeLock() throws SegmentException {
        return lock == null || lock.tryTake();
    }

    /**
     * Where this process's libc may have its robust mutex: 64 bytes, of which the first four are the loop word. The mutex is
     * for the loop thread, which unlocks it before {@link #close}.
     */
    public long loopLockAddress() {
        return mapped().addressOf(HeaderLayout.LOOP_LOCK_OFFSET);
    }

    /** The loop word; see {@link LoopWord}. */
    public int loopWord() {
        return memory.getInt(HeaderLayout.LOOP_LOCK_OFFSET);
    }

    /**
     * Makes the loop word say that somebody waits, so that the kernel wakes them when it marks it. For the thread that holds the
     * mutex.
     *
     * @param tid what it is now: its holder's thread id
     * @return false if it is something else; nothing has changed
     */
    public boolean announceLoopWord(int tid) {
        return mapped().compareAndSetInt(HeaderLayout.LOOP_LOCK_OFFSET, tid, tid | LoopWord.WAITERS);
    }

    /** The owner of what has taken this one's place, with the lock that this one has; this one is unmapped. */
    OwnedSegment moveTo(Path segment, Path ownDirectory, long pid, long owner) throws SegmentException {
        mapped().close();
        return SegmentFile.mapCurrent(segment, ownDirectory, pid, owner, lock, header.instance(), header.name());
    }

    /** Unmaps, then gives the lock back. What was not committed is rolled back by the next owner. */
    @Override
    public void close() throws IOException {
        if (mapping != null) {
            mapping.close();
        }
        if (lock != null) {
            lock.close();
        }
    }

    private MappedMemory mapped() {
        if (mapping == null) {
            throw new IllegalStateException(
                    "Segment " + engine.segment() + " is no mapping of a file; it has no address.");
        }
        return mapping;
    }

    @FunctionalInterface
    private interface Step<E extends Exception> {
        void run() throws E;
    }

    /** If it fails before its decision, nothing has changed, and there is a state as before; otherwise only recover() helps. */
    private <E extends Exception> void stepBack(Step<E> step) throws E {
        if (!contents.migrationPending() && damage == null) {
            state().rollback();
        }
        detach();
        boolean done = false;
        try {
            step.run();
            done = true;
        } finally {
            if ((done || damage == null) && memory.getLong(HeaderLayout.STEP_BACK_OFFSET) == StepBack.NONE) {
                damage = null;
                turnChecksum();
                attach();
            }
        }
    }

    private void turnChecksum() {
        Checksum asked = wanted;
        if (asked != null) {
            engine.checksum().turn(asked, engine.sequence());
        }
    }

    private void requireUndamaged() {
        SegmentDamagedException found = damage;
        if (found != null) {
            throw new SegmentDamagedException("Segment " + engine.segment() + ": " + found.getMessage(), found);
        }
    }

    private State attach() {
        State attached = new State(engine, header.name(), header.createdEpochMs() * 0x9e3779b97f4a7c15L ^ timeline());
        state = attached;
        return attached;
    }

    private void detach() {
        State present = state;
        if (present != null) {
            present.detach();
            state = null;
        }
    }

    /** Whoever sees the new incarnation sees nothing that its predecessor said of itself. */
    private void takeOver(long pid) {
        phase(Phase.RECOVERING);
        lastWords("");
        heartbeat.forgetBusy();
        if (memory.getLong(HeaderLayout.LAST_STEP_COMMIT_OFFSET) != 0) {
            memory.putLong(HeaderLayout.STEPPED_TIMELINE_OFFSET, timeline());
        }
        memory.putLongRelease(HeaderLayout.LAST_STEP_COMMIT_OFFSET, 0);
        eraseLoopLock();
        loopThread(0);
        answers(0);
        memory.putLong(HeaderLayout.OWNER_PID_OFFSET, pid);
        memory.putLongRelease(HeaderLayout.INCARNATION_OFFSET, incarnation);
        memory.releaseFence();
    }

    /**
     * What the predecessor's libc left. The word comes last: as long as it is there, whoever finds this owner dead knows that
     * the one before is.
     */
    private void eraseLoopLock() {
        int start = HeaderLayout.LOOP_LOCK_OFFSET;
        for (int at = start + HeaderLayout.LOOP_LOCK_LENGTH - Long.BYTES; at >= start; at -= Long.BYTES) {
            if (memory.getLong(at) != 0) {
                memory.putLongRelease(at, 0);
            }
        }
    }
}
