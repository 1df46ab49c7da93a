package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.Validation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReservationsTest {
    private static final SegmentSpec SPEC = new SegmentSpec("shop", "thumbs@1", SegmentSpec.KIND_DAEMON, 1 << 20);

    @TempDir
    Path directory;

    /** A daemon's contents are for a person to look at; a slot's are not worth a start. */
    @Test
    void shouldReplaceWhatIsNoSegmentOnlyWhereThatMayBeLost() throws Exception {
        Path file = directory.resolve("thumbs@1.seg");
        Reservations reservations = new Reservations();
        for (byte[] damaged : List.of(new byte[1 << 20], new byte[0], new byte[] {1, 2, 3})) {
            Files.write(file, damaged);
            assertThrows(StartupRefused.class, () -> reservations.ensure(file, SPEC));
            assertArrayEquals(damaged, Files.readAllBytes(file));

            assertTrue(reservations.ensureUsable(file, SPEC));

            assertTrue(SegmentFile.validate(file, SPEC) instanceof Validation.Valid);
            assertFalse(reservations.ensureUsable(file, SPEC), "it is one now");
        }
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
