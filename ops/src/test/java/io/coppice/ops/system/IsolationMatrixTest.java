package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IsolationMatrixTest {
    /** The system test goes by the same list. */
    @Test
    void shouldBeTheTableInTheArchitecture() throws Exception {
        String architecture = Files.readString(Path.of("../ARCHITECTURE.md"));
        assertTrue(
                architecture.contains(IsolationMatrix.table()),
                () -> "ARCHITECTURE.md, What a worker can do to others, needs this table:\n" + IsolationMatrix.table());
    }
}
