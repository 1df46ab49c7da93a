package io.coppice.state;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMappingTest {
    private static final int LENGTH = 8192;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = folder.resolve("mapped-here");
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            channel.write(java.nio.ByteBuffer.allocate(LENGTH));
        }
    }

    private long timesMapped() throws IOException {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.endsWith(file.toString())).count();
        }
    }

    @Test
    void shouldWriteTheFile() throws Exception {
        try (FileChannel channel = FileChannel.open(file, READ, WRITE);
                FileMapping mapping = FileMapping.map(channel, FileChannel.MapMode.READ_WRITE, LENGTH)) {
            UnsafeMemory.INSTANCE.writeByte(mapping.address() + 4097, (byte) 7);
        }

        assertEquals(7, Files.readAllBytes(file)[4097]);
    }

    @Test
    void shouldBeUnmappedOnceItIsClosedByAnyThread() throws Exception {
        FileMapping mapping;
        try (FileChannel channel = FileChannel.open(file, READ)) {
            mapping = FileMapping.map(channel, FileChannel.MapMode.READ_ONLY, LENGTH);
        }
        assertEquals(1, timesMapped());

        Thread other = new Thread(mapping::close);
        other.start();
        other.join();

        assertEquals(0, timesMapped());
    }

    @Test
    void shouldLeaveNothingIfItCannotBeMapped() throws Exception {
        try (FileChannel channel = FileChannel.open(file, READ)) {
            assertThrows(
                    NonWritableChannelException.class,
                    () -> FileMapping.map(channel, FileChannel.MapMode.READ_WRITE, LENGTH));
        }

        assertEquals(0, timesMapped());
    }
}
