package io.coppice.state;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import net.openhft.chronicle.core.UnsafeMemory;

/**
 * A file mapped by its channel, as an address. It stays mapped until it is closed, which any thread may do once.
 *
 * <p>From JDK 22 on it is mapped into an arena, as {@link ArenaMapping} says.
 */
abstract class FileMapping implements AutoCloseable {
    private final long address;

    FileMapping(long address) {
        this.address = address;
    }

    /** Maps that many bytes from the file's beginning. The channel may be closed then. */
    static FileMapping map(FileChannel channel, FileChannel.MapMode mode, long length) throws IOException {
        return ArenaMapping.AVAILABLE
                ? ArenaMapping.map(channel, mode, length)
                : new BufferMapping(channel.map(mode, 0, length));
    }

    final long address() {
        return address;
    }

    /** Unmaps, before it returns. */
    @Override
    public abstract void close();

    /** Unmapped, too, if it is unreachable. */
    private static final class BufferMapping extends FileMapping {
        private static final long ADDRESS_FIELD = addressField();

        private final MappedByteBuffer buffer;

        BufferMapping(MappedByteBuffer buffer) {
            super(UnsafeMemory.unsafeGetLong(buffer, ADDRESS_FIELD));
            this.buffer = buffer;
        }

        private static long addressField() {
            try {
                return UnsafeMemory.unsafeObjectFieldOffset(Buffer.class.getDeclaredField("address"));
            } catch (NoSuchFieldException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @Override
        public void close() {
            UnsafeMemory.UNSAFE.invokeCleaner(buffer);
        }
    }
}
