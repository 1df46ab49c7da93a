package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.StandbyPhase;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PsCommandTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldShowTheTreeWithTheRootAtTheTop() {
        harness.proc.process(65, 50, 50, 'S', 650, "spawn helper");

        assertEquals("""
                PID  PPID  STATE          COMMAND
                 50     1  root           root: java -cp x io.coppice.ops.Main run
                 60    50  ready          \\_ rates: java rates
                 61    50  ready          \\_ ingest: java ingest
                 62    50  ready/stopped  \\_ web: nginx -g daemon off;
                 63    62  sleeping          \\_ nginx: worker
                 64     1  sleeping          \\_ nginx: orphan
                 65    50  sleeping       \\_ spawn helper
                """, harness.run("ps").out());
    }

    @Test
    void shouldShowStandbysWithTheirDaemon() {
        shop.standby(1, 0, StandbyPhase.PARKED, 70);
        harness.proc.process(70, 50, 70, 'S', 700, "java", "ingest");

        assertTrue(
                harness.run("ps").out().contains(" 70    50  parked         \\_ ingest (standby): java ingest\n"),
                harness.run("ps").out());
    }

    @Test
    void shouldTellADeadRootAndDeadChildren() {
        shop.killRoot();
        harness.proc.process(60, 1, 60, 'S', 600, "java", "rates").end(61);

        assertEquals("""
                PID  PPID  STATE          COMMAND
                 50     -  dead           root is not running (pid 50 is gone)
                 60     1  ready          \\_ rates: java rates
                 62    50  ready/stopped  \\_ web: nginx -g daemon off;
                 63    62  sleeping          \\_ nginx: worker
                 64     1  sleeping          \\_ nginx: orphan
                """, harness.run("ps", "--instance", "shop").out());
    }

    @Test
    void shouldTellAChildWhoseDeathTheRootDoesNotKnowYet() {
        harness.proc.process(61, 1, 61, 'S', 611, "somebody with its pid");

        assertTrue(harness.run("ps").out().contains(" 61     -  gone           \\_ ingest: (gone)\n"));
    }

    @Test
    void shouldNotFollowACircleOfReusedPids() {
        harness.proc.process(63, 64, 62, 'S', 630, "a").process(64, 63, 62, 'S', 640, "b");

        assertEquals(7, harness.run("ps").lines().size());
    }

    @Test
    void shouldCutCommandsToATerminalUnlessAskedNotTo() {
        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.environment.put("COLUMNS", "45");
        harness.environment.put("NO_COLOR", "1");

        assertTrue(
                harness.run("ps").out().contains(" 50     1  root           root: java -cp x…\n"),
                harness.run("ps").out());
        assertTrue(harness.run("ps", "--wide").out().contains("io.coppice.ops.Main run"));
    }

    @Test
    void shouldMakeCommandLinesOfOthersHarmless() {
        harness.proc.process(60, 50, 60, 'S', 600, "java", "\u001b]0;pwned\u0007\nfake 1 line");

        assertTrue(harness.run("ps").out().contains("rates: java \\u001b]0;pwned\\u0007\\nfake 1 line\n"));
    }
}
