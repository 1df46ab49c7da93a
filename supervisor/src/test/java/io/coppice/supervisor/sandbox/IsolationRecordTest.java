package io.coppice.supervisor.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a root says of its isolation to those to whom its plan is closed. */
class IsolationRecordTest {
    @TempDir
    Path directory;

    @Test
    void shouldSayToEverybodyWhoPassesWhatIsInForceAndWhatIsLeftOpen() throws IOException {
        IsolationRecord record = new IsolationRecord(directory);
        assertEquals(Optional.empty(), record.mode());
        assertEquals(List.of(), record.gaps());

        Set<KernelGap> gaps = EnumSet.allOf(KernelGap.class);
        record.write(Isolation.SANDBOX, gaps);
        assertEquals(Optional.of(Isolation.SANDBOX), record.mode());
        assertEquals(gaps.stream().map(KernelGap::text).toList(), record.gaps());
        assertEquals(
                "rw-r--r--",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve(IsolationRecord.FILE_NAME))));

        record.write(Isolation.USER, Set.of());
        assertEquals(Optional.of(Isolation.USER), record.mode());
        assertEquals(List.of(), record.gaps());
    }

    @Test
    void shouldNotKnowAModeOfAnotherBuild() throws IOException {
        Files.writeString(directory.resolve(IsolationRecord.FILE_NAME), "vm\n");
        assertEquals(Optional.empty(), new IsolationRecord(directory).mode());
    }
}
