package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.supervisor.plan.LogTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code logs} of what writes to the journal, with a journalctl of our own; the real one is in the tests under systemd. */
class JournalLogsTest {
    private static final String OPTIONS = "--no-pager --quiet --output=cat ";

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        harness.environment.put("PATH", "relative:" + directory.resolve("bin"));
        journalctl("echo \"$*\"");
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldAskForTheNameWithinTheUnitOfAService() throws IOException {
        service("coppice@shop.service\n");

        assertEquals(
                OPTIONS + "--lines=all SYSLOG_IDENTIFIER=web _SYSTEMD_UNIT=coppice@shop.service\n",
                quiet("logs", "web"));
        assertEquals(
                OPTIONS + "--lines=3 SYSLOG_IDENTIFIER=web _SYSTEMD_UNIT=coppice@shop.service\n",
                quiet("logs", "web", "-n", "3"));
        assertEquals(
                OPTIONS + "--lines=10 --follow SYSLOG_IDENTIFIER=web _SYSTEMD_UNIT=coppice@shop.service\n",
                quiet("logs", "-f", "web"));
    }

    @Test
    void shouldAskForInstanceAndNameWhereNoUnitTellsThem() throws IOException {
        service("");

        assertEquals(OPTIONS + "--lines=all SYSLOG_IDENTIFIER=shop/web\n", quiet("logs", "web"));
    }

    @Test
    void shouldAskForInstanceAndNameWhereTheRootWasStartedByHand() throws IOException {
        shop.writePlan(LogTarget.JOURNAL);

        assertEquals(OPTIONS + "--lines=all SYSLOG_IDENTIFIER=shop/web\n", quiet("logs", "web"));
    }

    @Test
    void shouldReadTheFileOfWhatWritesToAFile() throws IOException {
        Files.writeString(shop.directory.log("web"), "in the file\n");
        shop.writePlan(LogTarget.AUTO);
        assertEquals("in the file\n", quiet("logs", "web"));

        service("coppice.service\n");
        shop.writePlan(LogTarget.FILE);
        assertEquals("in the file\n", quiet("logs", "web"));
    }

    @Test
    void shouldTellOfWhatWentToAFile() throws IOException {
        service("");
        Files.writeString(shop.directory.log("web"), "in the file\n");

        Result result = harness.run("logs", "web");

        assertEquals(0, result.exitCode());
        assertEquals(OPTIONS + "--lines=all SYSLOG_IDENTIFIER=shop/web\n", result.out());
        assertEquals(
                "coppice: what web did not write to the journal is in " + shop.directory.log("web") + ".\n",
                result.err());
    }

    @Test
    void shouldSayThatJournalctlIsMissing() throws IOException {
        service("");
        Files.delete(directory.resolve("bin/journalctl"));

        assertFailed(
                1,
                "coppice: Cannot read the journal, where web writes: no journalctl on PATH.\n"
                        + "  Install systemd's, or have it write to a file: `log: file` in the manifest.\n");
    }

    @Test
    void shouldSayThatTheJournalMayNotBeRead() throws IOException {
        service("coppice.service\n");
        journalctl("echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1");

        assertFailed(
                4,
                "coppice: Cannot read the journal, where web writes: `journalctl SYSLOG_IDENTIFIER=web"
                        + " _SYSTEMD_UNIT=coppice.service` ended with status 1: No journal files were opened due to"
                        + " insufficient permissions.\n  Root may read it, and the group systemd-journal.\n");
    }

    @Test
    void shouldSayThatJournalctlFailed() throws IOException {
        service("");
        journalctl("exit 3");

        assertFailed(
                1,
                "coppice: Cannot read the journal, where web writes: `journalctl SYSLOG_IDENTIFIER=shop/web` ended with"
                        + " status 3.\n");
    }

    @Test
    void shouldNotLeaveAPersonBeforeAnEmptyScreen() throws IOException {
        service("");
        journalctl("exit 0");

        Result result = harness.run("logs", "web");

        assertEquals(0, result.exitCode());
        assertEquals(
                "coppice: the journal shows no line of web (journalctl SYSLOG_IDENTIFIER=shop/web).\n"
                        + "  Lines of a service of the system are for root and the group systemd-journal.\n",
                result.err());
    }

    @Test
    void shouldPassNothingOnThatNoRootHasWritten() throws IOException {
        service("--rotate");

        assertFailed(
                1,
                "coppice: Cannot tell where the journal has the output of web: " + shop.directory.journalUnit()
                        + " has `--rotate`, expected the name of a service\n");
    }

    @Test
    void shouldEndJournalctlWithItsReader() throws Exception {
        service("");
        Path pid = directory.resolve("pid");
        journalctl("echo $$ >" + pid + "; while echo line; do sleep 0.05; done");
        ReaderThatLeaves out = new ReaderThatLeaves(text -> text.contains("line\nline\n"));

        CompletableFuture<Integer> exit =
                CompletableFuture.supplyAsync(() -> harness.run(out, new ByteArrayOutputStream(), "logs", "-f", "web"));

        assertEquals(0, exit.get(60, TimeUnit.SECONDS));
        long journalctl = Long.parseLong(Files.readString(pid).strip());
        Await.until(
                "the end of journalctl",
                () -> ProcessHandle.of(journalctl)
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    private void service(String unit) throws IOException {
        Files.writeString(shop.directory.journalUnit(), unit);
        shop.writePlan(LogTarget.AUTO);
    }

    private void journalctl(String script) throws IOException {
        Path program = Files.createDirectories(directory.resolve("bin")).resolve("journalctl");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String quiet(String... arguments) {
        Result result = harness.run(arguments);
        assertEquals("", result.err());
        assertEquals(0, result.exitCode());
        return result.out();
    }

    private void assertFailed(int exitCode, String err) {
        Result result = harness.run("logs", "web");
        assertEquals(err, result.err());
        assertEquals(exitCode, result.exitCode());
        assertTrue(result.out().isEmpty());
    }
}
