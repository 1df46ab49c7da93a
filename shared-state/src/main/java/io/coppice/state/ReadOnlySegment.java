package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A segment as everybody but its owner sees it: mapped read-only, trusted in nothing. Made by {@link
 * SegmentFile#openReadOnly}. One thread per instance. Reading never disturbs the owner and needs no lock; the owner may be
 * alive, dead, or dead in the middle of a commit.
 *
 * <p>The single-word reads allocate nothing. They throw {@link SegmentDamagedException} if the file was truncated under
 * the mapping; {@link #snapshot} answers with a result instead.
 *
 * <p>To pair a {@link #phase} with an {@link #incarnation}, read the incarnation first.
 */
public final class ReadOnlySegment implements AutoCloseable {
    private final Memory memory;
    private final Header header;
    private final SegmentGeometry geometry;
    private final @Nullable MappedMemory mapping;

    ReadOnlySegment(Memory memory, Header header, @Nullable MappedMemory mapping) {
        this.memory = memory;
        this.header = header;
        this.geometry = SegmentGeometry.of(header.lengthBytes());
        this.mapping = mapping;
    }

    /** The segment's identity as it was when this was opened. */
    public Header header() {
        return header;
    }

    /** Number of the last commit; 0 before the first. */
    public long commitSequenceAcquire() {
        return memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    /** Turns of the owner's loop. */
    public long heartbeatCountAcquire() {
        return memory.getLongAcquire(HeaderLayout.HEARTBEAT_COUNT_OFFSET);
    }

    /** The heartbeat count at which {@link #busyAtMostMs} was announced; it holds only while the two are equal. -1 none. */
    public long busyAtCount() {
        return memory.getLongAcquire(HeaderLayout.BUSY_AT_COUNT_OFFSET);
    }

    /** Milliseconds the owner announced its step may take; whatever it wrote, so check the range. */
    public long busyAtMostMs() {
        return memory.getLongAcquire(HeaderLayout.BUSY_AT_MOST_MS_OFFSET);
    }

    /** What the owner says it is doing: a {@link Phase} code, or any other number. */
    public int phase() {
        int phase = memory.getInt(HeaderLayout.PHASE_OFFSET);
        memory.loadFence();
        return phase;
    }

    /** Incarnation of the last owner; 0 before the first. */
    public long incarnation() {
        return memory.getLongAcquire(HeaderLayout.INCARNATION_OFFSET);
    }

    /** Process id of the last owner, as it said; 0 before the first. */
    public long ownerPid() {
        return memory.getLongAcquire(HeaderLayout.OWNER_PID_OFFSET);
    }

    /**
     * What the last owner left to be told of its end, empty if nothing, or if it is being written or damaged. Control
     * characters other than line feed and tab are replaced. Allocates.
     */
    public Optional<String> lastWords() {
        long before = memory.getLongAcquire(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET);
        int length = memory.getInt(HeaderLayout.LAST_WORDS_LENGTH_OFFSET);
        if ((before & 1) != 0 || length <= 0 || length > HeaderLayout.LAST_WORDS_CAPACITY) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        memory.getBytes(HeaderLayout.LAST_WORDS_OFFSET, bytes, 0, length);
        memory.loadFence();
        return memory.getLong(HeaderLayout.LAST_WORDS_SEQUENCE_OFFSET) == before
                ? Optional.of(printable(new String(bytes, StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    /** All structures as of one commit. Allocates copies of them. */
    public SnapshotResult snapshot() {
        return new ConsistentCopy(memory, geometry, name()).take(null);
    }

    /** Those structures (they that exist) as of one commit: less to copy, so more likely to succeed against a fast writer. */
    public SnapshotResult snapshot(Collection<String> names) {
        return new ConsistentCopy(memory, geometry, name()).take(List.copyOf(names));
    }

    /** A view of a published record; see {@link PublishedView#refresh()}. The record need not exist yet. */
    public PublishedView published(String structure, RecordLayout layout) {
        return new PublishedView(memory, geometry, name(), RecordLayout.requireName("structure", structure), layout);
    }

    /** Unmaps; everything but {@link #header} throws afterwards. */
    @Override
    public void close() {
        if (mapping != null) {
            mapping.close();
        }
    }

    private String name() {
        return header.instance() + "/" + header.name();
    }

    private static String printable(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? 0xfffd : c)
                .forEach(result::appendCodePoint);
        return result.toString();
    }
}
