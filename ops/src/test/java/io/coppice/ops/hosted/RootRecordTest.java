package io.coppice.ops.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.ProcFileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootRecordTest {
    @TempDir
    Path directory;

    private final ProcFileSystem processes = new ProcFileSystem(Path.of("/proc"));

    @Test
    void shouldFindTheProcessThatWasRecordedAndNoOther() throws Exception {
        Path file = directory.resolve("root.pid");
        Process process = new ProcessBuilder("sleep", "1000").start();
        try {
            RootRecord record = RootRecord.of(process, processes);
            record.write(file);

            assertEquals(Optional.of(record), RootRecord.read(file));
            assertEquals(Optional.of(process.toHandle()), record.process(processes));
            assertTrue(new RootRecord(record.pid(), record.startTicks() + 1)
                    .process(processes)
                    .isEmpty());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldTakeNoPartOfALineForTheWholeOfIt() throws Exception {
        Path file = directory.resolve("root.pid");
        assertEquals(Optional.empty(), RootRecord.read(file));
        for (String torn : new String[] {"", "12", "12 ", "12 345"}) {
            Files.writeString(file, torn);
            assertEquals(Optional.empty(), RootRecord.read(file), torn);
        }
    }
}
