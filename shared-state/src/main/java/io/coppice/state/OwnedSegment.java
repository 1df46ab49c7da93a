package io.coppice.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A segment mapped for writing by its owner, who holds the kernel lock on its lock file for as long as this is open. Made by
 * {@link SegmentFile#openOwned}. One thread, except {@link #phase} and {@link #lastWords}, which another thread of the owner
 * may call when the loop thread no longer does.
 *
 * <p>Order of use: open, {@link #recover()}, {@link #state()}, then commits.
 */
public final class OwnedSegment implements AutoCloseable {
    private final Memory memory;
    private final Header header;
    private final SegmentGeometry geometry;
    private final CommitEngine engine;
    private final Heartbeat heartbeat;
    private final @Nullable MappedMemory mapping;
    private final @Nullable OwnerLock lock;
    private final long incarnation;
    private @Nullable State state;

    OwnedSegment(
            Memory memory,
            Header header,
            long pid,
            long incarnation,
            @Nullable MappedMemory mapping,
            @Nullable OwnerLock lock) {
        this.memory = memory;
        this.header = header;
        this.geometry = SegmentGeometry.of(header.lengthBytes());
        this.engine = new CommitEngine(memory, geometry, header.instance() + "/" + header.name());
        this.heartbeat = new Heartbeat(memory);
        this.mapping = mapping;
        this.lock = lock;
        this.incarnation = incarnation;
        takeOver(pid);
    }

    /**
     * Rolls back what the predecessor did not commit. Harmless to repeat, and to be killed in.
     *
     * @throws SegmentDamagedException if the undo log or the directory contradicts the layout; the arena was not changed
     */
    public Recovery recover() {
        phase(Phase.RECOVERING);
        engine.restore();
        state = new State(engine, header.createdEpochMs() * 0x9e3779b97f4a7c15L ^ header.timeline());
        return engine.restored();
    }

    /**
     * What the segment holds.
     *
     * @throws IllegalStateException before {@link #recover()}
     */
    public State state() {
        State recovered = state;
        if (recovered == null) {
            throw new IllegalStateException(
                    "Segment " + engine.segment() + " is not recovered yet; call recover() first.");
        }
        return recovered;
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
        return header.timeline();
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

    /** Whoever sees the new incarnation sees nothing that its predecessor said of itself. */
    private void takeOver(long pid) {
        phase(Phase.RECOVERING);
        lastWords("");
        heartbeat.forgetBusy();
        memory.putLong(HeaderLayout.OWNER_PID_OFFSET, pid);
        memory.putLongRelease(HeaderLayout.INCARNATION_OFFSET, incarnation);
        memory.releaseFence();
    }
}
