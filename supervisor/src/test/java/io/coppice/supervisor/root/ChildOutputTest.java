package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.JournalStream;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.LogTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildOutputTest {
    @TempDir
    Path directory;

    @Test
    void shouldTakeForTheJournalOnlyTheVeryFileThatTheVariableNames() throws IOException {
        Path stderr = Files.createFile(directory.resolve("2"));
        String numbers = Files.getAttribute(stderr, "unix:dev") + ":" + Files.getAttribute(stderr, "unix:ino");

        assertTrue(ChildOutput.isJournal(numbers, stderr));
        assertFalse(ChildOutput.isJournal(null, stderr));
        assertFalse(ChildOutput.isJournal("", stderr));
        assertFalse(ChildOutput.isJournal(numbers, Files.createFile(directory.resolve("redirected"))));
        assertFalse(ChildOutput.isJournal(numbers, directory.resolve("closed")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0::/system.slice/coppice.service                           | coppice.service",
                "0::/system.slice/system-coppice.slice/coppice@shop.service | coppice@shop.service",
                "0::/system.slice/coppice.service/below/other.service       | coppice.service",
                "1:name=systemd:/system.slice/coppice.service               | coppice.service",
                "0::/user.slice/user-7.slice/session-3.scope                | ''",
                "0::/user.slice/user-7.slice/user@7.service/app.slice/coppice.service | ''",
                "0::/docker/0123/system.slice/coppice.service               | ''",
                "0::/                                                       | ''",
                "4:memory:/system.slice/coppice.service                     | ''",
            })
    void shouldFindTheUnitOfAServiceOfTheSystem(String cgroup, String unit) {
        assertEquals(unit, ChildOutput.unit("9:pids:/elsewhere\n" + cgroup + "\n"));
    }

    @Test
    void shouldWriteWhereThePlanSaysAndElseWhereTheRootWrites() {
        ChildOutput service = new ChildOutput("shop", true, "coppice.service");
        ChildOutput userService = new ChildOutput("shop", true, "");
        ChildOutput byHand = new ChildOutput("shop", false, "");

        assertNull(service.journalOf(child(LogTarget.FILE)));
        assertEquals(stream("web", "coppice.service"), service.journalOf(child(LogTarget.AUTO)));
        assertEquals(stream("web", "coppice.service"), service.journalOf(child(LogTarget.JOURNAL)));
        assertNull(userService.journalOf(child(LogTarget.FILE)));
        assertEquals(stream("shop/web", ""), userService.journalOf(child(LogTarget.AUTO)));
        assertNull(byHand.journalOf(child(LogTarget.AUTO)));
        assertEquals(stream("shop/web", ""), byHand.journalOf(child(LogTarget.JOURNAL)));
    }

    @Test
    void shouldRecordTheUnitForWhoReadsTheJournal() throws IOException {
        Path file = directory.resolve(ChildOutput.FILE_NAME);

        new ChildOutput("shop", true, "coppice.service").record(directory);
        assertEquals("coppice.service\n", Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        new ChildOutput("shop", true, "").record(directory);
        assertEquals("", Files.readString(file));
        new ChildOutput("shop", false, "").record(directory);
        assertFalse(Files.exists(file));
    }

    private static JournalStream stream(String identifier, String unit) {
        return new JournalStream(Path.of("/run/systemd/journal/stdout"), identifier, unit);
    }

    private ChildPlan child(LogTarget log) {
        ChildPlan command = RootProcess.command("web", directory, "true");
        return command.toBuilder().log(log).plan();
    }
}
