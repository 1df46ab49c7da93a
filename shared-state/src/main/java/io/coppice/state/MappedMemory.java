package io.coppice.state;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.core.UnsafeMemory;

/**
 * A segment's file mapped into this process. The channel maps it and Chronicle's memory reads and writes the words; the
 * checks of bounds and alignment are ours, since Chronicle makes none and a write past the end would land in the
 * neighbouring mapping.
 *
 * <p>Not held by a BytesStore: to initialise what that needs (Chronicle's {@code Jvm} and {@code OS}, with its logging, management
 * beans and signal handlers) is the larger half of a cold worker's start, and nothing but the address and the unmapping
 * would be taken from it. Nor are words accessed through a store: that costs two more checks of types, and reloads of three
 * fields, after every fence: a one-word commit took 18 ns instead of 14.
 *
 * <p>One thread at a time. After {@link #close()} every access throws.
 */
final class MappedMemory implements Memory, AutoCloseable {
    private static final UnsafeMemory WORDS = UnsafeMemory.INSTANCE;

    private final FileMapping mapped;
    private final long address;

    /** Bytes that may be read: 0 once closed. */
    private long length;

    /** Bytes that may be written: 0 if the mapping is read-only, or closed. */
    private long writableLength;

    /** Of eight-byte words that may be read, that may be written, and where three of them may be; see {@link WordBounds}. */
    private long readBound;

    private long writeBound;
    private long tripleBound;

    private MappedMemory(FileMapping mapped, long length, boolean writable) {
        this.mapped = mapped;
        this.address = mapped.address();
        allow(length, writable ? length : 0);
    }

    private void allow(long readable, long writable) {
        length = readable;
        writableLength = writable;
        readBound = WordBounds.of(readable);
        writeBound = WordBounds.of(writable);
        tripleBound = WordBounds.of(Math.max(0, writable - 2 * Long.BYTES));
    }

    /** Maps the whole file as it is now, and follows no link; a later truncation shows as {@link InternalError} in whoever reads. */
    static MappedMemory map(Path file, boolean writable) throws IOException {
        OpenOption[] options = writable
                ? new OpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS}
                : new OpenOption[] {StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS};
        try (FileChannel channel = FileChannel.open(file, options)) {
            long length = channel.size();
            if (length < HeaderLayout.LENGTH || length > SegmentSpec.MAX_LENGTH_BYTES) {
                throw new IOException("File is " + length + " bytes long, expected " + SegmentSpec.MIN_LENGTH_BYTES
                        + " to " + SegmentSpec.MAX_LENGTH_BYTES + ": " + file);
            }
            FileChannel.MapMode mode = writable ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY;
            return new MappedMemory(FileMapping.map(channel, mode, length), length, writable);
        }
    }

    @Override
    public long lengthBytes() {
        return length;
    }

    @Override
    public long getLong(long offset) {
        checkRead(offset);
        return WORDS.readLong(address + offset);
    }

    @Override
    public void putLong(long offset, long value) {
        checkWrite(offset);
        WORDS.writeLong(address + offset, value);
    }

    @Override
    public void putLongs(long offset, long first, long second, long third) {
        if (WordBounds.isOutside(offset, tripleBound)) {
            throw refusedStore(offset, 3 * Long.BYTES);
        }
        long at = address + offset;
        WORDS.writeLong(at, first);
        WORDS.writeLong(at + Long.BYTES, second);
        WORDS.writeLong(at + 2 * Long.BYTES, third);
    }

    @Override
    public long getLongAcquire(long offset) {
        checkRead(offset);
        return WORDS.readVolatileLong(address + offset);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        checkWrite(offset);
        WORDS.writeOrderedLong(address + offset, value);
    }

    @Override
    public int getInt(long offset) {
        checkWord(offset, Integer.BYTES);
        return WORDS.readInt(address + offset);
    }

    @Override
    public void putInt(long offset, int value) {
        checkStore(offset, Integer.BYTES);
        WORDS.writeInt(address + offset, value);
    }

    @Override
    public byte getByte(long offset) {
        checkWord(offset, Byte.BYTES);
        return WORDS.readByte(address + offset);
    }

    @Override
    public void putByte(long offset, byte value) {
        checkStore(offset, Byte.BYTES);
        WORDS.writeByte(address + offset, value);
    }

    @Override
    public void getBytes(long offset, byte[] target, int from, int count) {
        checkRange(offset, target.length, from, count);
        if (count > 0) {
            WORDS.readBytes(address + offset, target, from, count);
        }
    }

    @Override
    public void putBytes(long offset, byte[] source, int from, int count) {
        checkRange(offset, source.length, from, count);
        if (offset > writableLength - count) {
            throw refusedStore(offset, count);
        }
        if (count > 0) {
            WORDS.copyMemory(source, from, address + offset, count);
        }
    }

    @Override
    public void releaseFence() {
        VarHandle.releaseFence();
    }

    @Override
    public void loadFence() {
        VarHandle.acquireFence();
    }

    /** Where an aligned word is in this process's address space, for the kernel and the C library. */
    long addressOf(long offset) {
        checkWord(offset, Integer.BYTES);
        return address + offset;
    }

    /** Stores an aligned four-byte word if it is what is expected, as one atomic change. Never in a segment of somebody else's. */
    boolean compareAndSetInt(long offset, int expected, int value) {
        checkStore(offset, Integer.BYTES);
        return WORDS.compareAndSwapInt(address + offset, expected, value);
    }

    /** Unmaps. */
    @Override
    public void close() {
        if (length != 0) {
            allow(0, 0);
            mapped.close();
        }
    }

    private void checkRead(long offset) {
        if (WordBounds.isOutside(offset, readBound)) {
            throw outOfBounds(offset, Long.BYTES);
        }
    }

    private void checkWrite(long offset) {
        if (WordBounds.isOutside(offset, writeBound)) {
            throw refusedStore(offset, Long.BYTES);
        }
    }

    private void checkWord(long offset, int size) {
        if (offset < 0 || offset > length - size || (offset & (size - 1)) != 0) {
            throw outOfBounds(offset, size);
        }
    }

    private void checkRange(long offset, int arrayLength, int from, int count) {
        if (count < 0 || from < 0 || from > arrayLength - count || offset < 0 || offset > length - count) {
            throw outOfBounds(offset, count);
        }
    }

    private void checkStore(long offset, int size) {
        if (offset < 0 || offset > writableLength - size || (offset & (size - 1)) != 0) {
            throw refusedStore(offset, size);
        }
    }

    private RuntimeException refusedStore(long offset, int size) {
        if (writableLength != length) {
            return new UnsupportedOperationException(
                    "This mapping is read-only; only the owner of a segment writes it.");
        }
        return outOfBounds(offset, size);
    }

    private IndexOutOfBoundsException outOfBounds(long offset, int size) {
        if (length == 0) {
            return new IndexOutOfBoundsException("The segment is closed; it was read or written after close().");
        }
        return new IndexOutOfBoundsException("Stray access to " + size + " bytes at offset " + offset
                + ": expected an aligned offset in a segment of " + length + " bytes.");
    }
}
