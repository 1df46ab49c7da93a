package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.state.Abandoned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedContentsTest {
    /** The oldest makes room for newer ones at any moment. */
    @Test
    void shouldLeaveOutAFileThatVanishedSinceItWasListed(@TempDir Path directory) throws Exception {
        Abandoned there = new Abandoned(Files.createFile(directory.resolve("a")), 2, 7);
        Abandoned gone = new Abandoned(directory.resolve("b"), 1, 5);
        assertEquals(
                List.of("T2-C7"),
                AbandonedContents.of("ingest", List.of(there, gone)).entries().stream()
                        .map(entry -> entry.abandoned().id())
                        .toList());
    }
}
