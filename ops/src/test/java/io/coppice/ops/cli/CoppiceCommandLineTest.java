package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoppiceCommandLineTest {
    private static final String COMMANDS =
            "check, completion, events, kill, logs, ps, purge, restart, restore, run, start, state, status, stop";

    @TempDir
    Path directory;

    private CommandHarness harness;

    @BeforeEach
    void makeHarness() throws Exception {
        harness = new CommandHarness(directory);
    }

    @Test
    void shouldSuggestACommandForAnUnknownOne() {
        Result result = harness.run("statsu");

        assertEquals(2, result.exitCode());
        assertEquals("", result.out());
        assertEquals(
                "coppice: Unknown command `statsu`. Did you mean `status`?\n  Commands: " + COMMANDS
                        + ".\n  `coppice --help` tells more.\n",
                result.err());
    }

    @Test
    void shouldSuggestAnOptionForAnUnknownOne() {
        Result result = harness.run("status", "--jsn");

        assertEquals(2, result.exitCode());
        assertEquals(
                "coppice status: Unknown option: '--jsn'. Did you mean --json?\n  `coppice status --help` tells more.\n",
                result.err());
    }

    @Test
    void shouldWantACommand() {
        Result result = harness.run();

        assertEquals(2, result.exitCode());
        assertEquals("coppice: Missing command.\n  `coppice --help` tells more.\n", result.err());
    }

    @Test
    void shouldListEveryCommandButHiddenOnesInTheHelp() {
        Result result = harness.run("--help");

        assertEquals(0, result.exitCode());
        assertEquals("", result.err());
        for (String command : COMMANDS.split(", ")) {
            assertTrue(result.out().contains("  " + command + " "), command + " in " + result.out());
        }
        assertFalse(result.out().contains("compile"), result.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check",
                "completion",
                "events",
                "kill",
                "logs",
                "ps",
                "purge",
                "restart",
                "restore",
                "run",
                "start",
                "state",
                "status",
                "stop"
            })
    void shouldExplainEachCommandWithItsCommonOptions(String command) {
        Result result = harness.run(command, "--help");

        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().startsWith("Usage: coppice " + command), result.out());
        assertTrue(result.out().contains("--instance=NAME"), result.out());
        assertTrue(result.out().contains("--color=WHEN"), result.out());
    }

    @Test
    void shouldTellTheVersion() {
        Result result = harness.run("--version");

        assertEquals(0, result.exitCode());
        assertTrue(result.out().startsWith("coppice "), result.out());
        assertTrue(result.out().contains("JVM " + Runtime.version()), result.out());
    }

    @Test
    void shouldRefuseToRunUnderAnImpossibleName() {
        harness.environment.put("COPPICE_INSTANCE", "a b");
        assertEquals(2, harness.run("run").exitCode());
    }

    @Test
    void shouldPrintEveryErrorOfAManifestAndNothingElse() {
        harness.compiler = (manifest, instance, environment) -> new PlanCompiler.Compilation.Rejected(
                List.of("shop.yaml:3:5: stat: unknown key", "shop.yaml:4:5: heap: 64x is no size"));

        for (String[] args : new String[][] {{"check", "shop.yaml"}, {"run", "-f", "shop.yaml"}}) {
            Result result = harness.run(args);
            assertEquals(2, result.exitCode());
            assertEquals("", result.out());
            assertEquals("shop.yaml:3:5: stat: unknown key\nshop.yaml:4:5: heap: 64x is no size\n", result.err());
        }
    }

    @Test
    void shouldPrintThePlanForTheLauncherAndASummaryForPeople() {
        harness.compiler = (manifest, instance, environment) ->
                new PlanCompiler.Compilation.Compiled("coppice-plan 1\n", List.of("fine"), List.of("careful"));

        assertEquals(new Result(0, "coppice-plan 1\n", "careful\n"), harness.run("run", "--fresh"));
        assertEquals(new Result(0, "fine\n", "careful\n"), harness.run("check"));
    }

    @Test
    void shouldReportADefectWithItsTraceAndFail() {
        harness.compiler = (manifest, instance, environment) -> {
            throw new IllegalStateException("boom");
        };

        Result result = harness.run("run");

        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: a defect of coppice itself"), result.err());
        assertTrue(result.err().contains("boom"), result.err());
    }

    @Test
    void shouldTellATruncationThatNoReaderExpectedInWords() {
        harness.compiler = (manifest, instance, environment) -> {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        };

        Result result = harness.run("check");

        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: A file was truncated while it was read"), result.err());
    }

    @Test
    void shouldPrintACompletionScriptThatBashAccepts() throws Exception {
        Result result = harness.run("completion");
        assertEquals(0, result.exitCode());
        assertTrue(harness.run("completion", "zsh").out().startsWith("autoload -U +X compinit"));
        Path script = Files.writeString(directory.resolve("complete.bash"), result.out());
        Path out = directory.resolve("bash.out");

        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "compopt() { :; }; source \"$1\" && COMP_WORDS=(coppice sta) COMP_CWORD=1 && _complete_coppice"
                                + " && echo \"${COMPREPLY[@]}\"",
                        "test",
                        script.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(bash.waitFor(60, TimeUnit.SECONDS));
        assertEquals(
                "start state status",
                Files.readString(out, StandardCharsets.UTF_8).strip());
    }
}
