package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.bench.BenchCommand;
import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.ops.torture.TortureCommand;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

class CoppiceCommandLineTest {
    private static final String COMMANDS =
            "check, completion, events, kill, logs, ps, purge, recover, reload, restart, restore, run, scale, start, state, status, stop, transactions";

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
                "stop",
                "transactions"
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
        harness.compiler = (manifest, instance, environment, jdk, scaled) -> new PlanCompiler.Compilation.Rejected(
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
        String plan = PlanText.write(new Plan(
                "shop",
                "/shop.yaml",
                "/run/shop",
                "/run/shop",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(new ChildPlanBuilder("web", ChildPlan.Kind.COMMAND)
                        .argv(List.of("/bin/true"))
                        .workingDirectory("/tmp")
                        .plan())));
        harness.compiler = (manifest, instance, environment, jdk, scaled) ->
                new PlanCompiler.Compilation.Compiled(plan, () -> List.of("fine"), List.of("careful"));

        assertEquals(new Result(0, plan, "careful\n"), harness.run("run", "--fresh"));
        assertEquals(new Result(0, "fine\n", "careful\n"), harness.run("check"));
    }

    /** A command of another package. */
    @Command(name = "tells")
    private record Tells(CoppiceCommand coppice) implements Callable<Integer> {
        @Override
        public Integer call() {
            coppice.print("more than any buffer holds\n".repeat(10_000));
            return ExitCode.DONE;
        }
    }

    @Test
    void shouldEndInSilenceWhenTheReaderHasLeft() {
        harness.commands.put("tells", Tells::new);
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        assertEquals(0, harness.run(new ReaderThatLeaves(text -> true), err, "tells"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldReportADefectWithItsTraceAndFail() {
        harness.compiler = (manifest, instance, environment, jdk, scaled) -> {
            throw new IllegalStateException("boom");
        };

        Result result = harness.run("run");

        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: a defect of coppice itself"), result.err());
        assertTrue(result.err().contains("boom"), result.err());
    }

    @Test
    void shouldTellATruncationThatNoReaderExpectedInWords() {
        harness.compiler = (manifest, instance, environment, jdk, scaled) -> {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        };

        Result result = harness.run("check");

        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: A file was truncated while it was read"), result.err());
    }

    @Test
    void shouldPrintACompletionScriptThatBashAccepts() throws Exception {
        assertTrue(harness.run("completion", "zsh").out().startsWith("autoload -U +X compinit"));
        harness.commands.put("bench", BenchCommand::new);
        harness.commands.put("torture", TortureCommand::new);
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("sta", "start state status");
        expected.put("t", "torture transactions");
        expected.put("res", "restart restore");
        expected.put("state --", "--json --limit --structure --hex --abandoned");
        expected.put("restore --", "--checkpoint --yes");
        expected.put("torture --", "--kills --seed");
        expected.put("bench --", "--kills --heap --state --seconds --children --rounds --quick --full --only --json");
        expected.put("bench st", "state");
        expected.put("bench a", "adoption");
        expected.put("status --color al", "always");
        expected.put("events --type group", "group group-failed");
        List<List<String>> found = completions(expected.keySet());
        int at = 0;
        for (Map.Entry<String, String> line : expected.entrySet()) {
            List<String> offered = found.get(at++);
            assertTrue(offered.containsAll(List.of(line.getValue().split(" "))), line + " in " + offered);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "state   | NAME [--hex] [--json] --abandoned[=ID] --limit=N --structure=S",
                "restore | NAME [ID] --checkpoint=N --yes",
                "transactions | [NAME] --json --wide --input=ID --output=FILE --retry= --drop= --timeout=TIME",
                "torture | --kills=N --seed=S",
                "bench   | --only=PART --seconds=S --kills=N --heap=MIB --state=SIZE --children=N --rounds=N"
            })
    void shouldExplainTheOptionsThatCameWithStructures(String command, String expected) {
        harness.commands.put("bench", BenchCommand::new);
        harness.commands.put("torture", TortureCommand::new);
        Result help = harness.run(command, "--help");
        assertEquals(0, help.exitCode(), help.err());
        for (String word : expected.split(" ")) {
            assertTrue(help.out().contains(word), word + " in " + help.out());
        }
    }

    /** What bash offers for the last word of each of these lines. */
    private List<List<String>> completions(Collection<String> lines) throws Exception {
        Result result = harness.run("completion");
        assertEquals(0, result.exitCode());
        Path script = Files.writeString(directory.resolve("complete.bash"), result.out());
        Path out = directory.resolve("bash.out");
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                "compopt() { :; }; source \"$1\"; shift; for line; do COMP_WORDS=(coppice $line)"
                        + " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=(); _complete_coppice; echo"
                        + " \"${COMPREPLY[@]}\"; done",
                "test",
                script.toString()));
        command.addAll(lines);
        Process bash = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(bash.waitFor(60, TimeUnit.SECONDS));
        List<List<String>> offered = Files.readAllLines(out).stream()
                .map(line -> List.of(line.split(" ")))
                .toList();
        assertEquals(lines.size(), offered.size(), offered.toString());
        return offered;
    }
}
