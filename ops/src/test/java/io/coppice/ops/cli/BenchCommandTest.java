package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.bench.BenchCommand;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @TempDir
    Path directory;

    @Test
    void shouldListTheBenchesAndTheirOptionsInItsHelp() throws Exception {
        CommandHarness.Result result = bench("--help");

        assertEquals(ExitCode.DONE, result.exitCode());
        for (String word : new String[] {
            "recovery|commit|root|adoption|heartbeat|state",
            "--full",
            "--quick",
            "--only",
            "--json",
            "--children",
            "--rounds",
            "--kills",
            "--heap",
            "--state",
            "SQLite"
        }) {
            assertTrue(result.out().contains(word), word + " in " + result.out());
        }
    }

    @Test
    void shouldSayHowToStartTheStateBenchWithoutItsLibraries() throws Exception {
        CommandHarness.Result result = bench("state");

        assertEquals(ExitCode.FAILED, result.exitCode());
        assertEquals("", result.out());
        assertTrue(result.err().contains("./coppice bench state"), result.err());
    }

    @Test
    void shouldRefuseOptionsThatDoNotBelongTogether() throws Exception {
        assertEquals(ExitCode.USAGE, bench("state", "--quick", "--full").exitCode());
        assertEquals(ExitCode.USAGE, bench("commit", "--full").exitCode());
        assertEquals(ExitCode.USAGE, bench("recovery", "--children", "5").exitCode());
        assertEquals(ExitCode.USAGE, bench("root", "--heap", "32").exitCode());
        assertEquals(ExitCode.USAGE, bench("commit", "--state", "64MiB").exitCode());
        assertEquals(ExitCode.USAGE, bench("adoption", "--children", "5,100").exitCode());
        assertEquals(ExitCode.USAGE, bench("state", "--only", "nothing").exitCode());
    }

    @Test
    void shouldRefuseNumbersThatCannotBeMeasured() throws Exception {
        CommandHarness.Result tooMany = bench("root", "--children", "5,513");

        assertEquals(ExitCode.USAGE, tooMany.exitCode());
        assertTrue(tooMany.err().contains("--children 513: expected 2 to 512."), tooMany.err());
        assertEquals(ExitCode.USAGE, bench("root", "--children", "1").exitCode());
        assertEquals(ExitCode.USAGE, bench("adoption", "--rounds", "0").exitCode());
    }

    @Test
    void shouldRefuseWhatNoRecoveryCanHave() throws Exception {
        String[][] wrong = {
            {"--kills", "0", "--kills, --seconds and --rounds are 1 or more."},
            {"--heap", "8", "--heap 8: expected 16 to 4096 (MiB)."},
            {"--heap", "32,32", "--heap: one of them is given twice."},
            {"--state", "much", "--state: `much` is no size, expected a size in B, KiB, MiB or GiB such as `64MiB`."},
            {"--state", "1000KiB", "--state 1000KiB: expected a multiple of 256KiB, up to 1GiB."},
        };
        for (String[] option : wrong) {
            CommandHarness.Result result = bench("recovery", option[0], option[1]);

            assertEquals(ExitCode.USAGE, result.exitCode(), result.err());
            assertTrue(result.err().contains(option[2]), result.err());
        }
    }

    private CommandHarness.Result bench(String... args) throws Exception {
        CommandHarness harness = new CommandHarness(directory);
        harness.commands.put("bench", BenchCommand::new);
        String[] all = new String[args.length + 1];
        all[0] = "bench";
        System.arraycopy(args, 0, all, 1, args.length);
        return harness.run(all);
    }
}
