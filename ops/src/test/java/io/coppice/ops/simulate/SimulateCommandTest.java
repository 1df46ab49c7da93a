package io.coppice.ops.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandLineParts;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.CoppiceCommandLine;
import io.coppice.ops.cli.PlanCompiler;
import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.manifest.CompileOptions;
import io.coppice.ops.manifest.ManifestReader;
import io.coppice.ops.manifest.ManifestResult;
import io.coppice.ops.view.Clocks;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.simulation.Core;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command over the real core, and over one that breaks a rule. */
class SimulateCommandTest {
    private static final String SHOP = """
            instance: shop
            daemons:
              db:
                command: [sleep, infinity]
              web:
                command: [sleep, infinity]
                max_restarts: unlimited
                depends_on: {db: {condition: ready}}
            """;

    @TempDir
    Path directory;

    private Path manifest;
    private Core core = Supervisor::step;

    private record Result(int exitCode, String out, String err) {
        String lastLine() {
            List<String> lines = out.lines().toList();
            return lines.get(lines.size() - 1);
        }
    }

    @BeforeEach
    void write() throws IOException {
        manifest = Files.writeString(directory.resolve("shop.yaml"), SHOP);
    }

    private static Compilation compile(Path file) {
        ManifestResult result = ManifestReader.read(file, CompileOptions.ofThisProcess(null));
        if (result instanceof ManifestResult.Compiled compiled) {
            return new Compilation.Compiled(PlanText.write(compiled.plan()), List::of, List.of());
        }
        return new Compilation.Rejected(((ManifestResult.Refused) result)
                .errors().stream().map(Object::toString).toList());
    }

    private Result run(String... arguments) {
        PlanCompiler compiler = (file, instance, environment, jdk, scaled) -> compile(file);
        SortedMap<String, Function<CoppiceCommand, Object>> commands = new TreeMap<>();
        commands.put("simulate", coppice -> new SimulateCommand(coppice, () -> compiler, core));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Caller caller = new Caller(
                Map.of(),
                directory,
                new ByteArrayInputStream(new byte[0]),
                out,
                Caller.OutputKind.PIPE,
                err,
                Path.of("/proc"),
                0,
                Clocks.system());
        int exitCode = new CoppiceCommandLine(caller, new CommandLineParts(() -> compiler, commands)).run(arguments);
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldAnswerAndEndWithTheCount() {
        Result result = run("simulate", manifest.toString(), "--runs", "20", "--faults", "crash=2/h,hang=1/d");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.lastLine().startsWith("simulate: runs=20 events="), result.out());
        assertTrue(result.lastLine().contains(" violations=0 "), result.out());
        assertTrue(
                result.out().contains("db, if it crashes each time as soon as it runs, is given up after 5"),
                result.out());
        assertTrue(
                result.out().contains("web, if it crashes each time as soon as it runs, is still restarted"),
                result.out());
        assertTrue(result.out().contains("One crash of db: db is away for "), result.out());
    }

    @Test
    void shouldSayWhatIsGivenUpAlong() throws IOException {
        Files.writeString(manifest, """
                instance: shop
                max_restarts: 0
                daemons:
                  db:
                    command: [sleep, infinity]
                    max_restarts: 1
                    on_give_up: escalate
                """);
        Result result = run("simulate", manifest.toString(), "--runs", "1", "--faults", "none");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(
                result.out()
                        .contains("db, if it crashes each time as soon as it runs, is given up after 0 restarts, in "),
                result.out());
        assertTrue(result.out().contains(", and with it the whole instance: the root exits with 5.\n"), result.out());
        assertTrue(result.out().contains("One hang of db: db does not come back within 10m.\n"), result.out());
    }

    @Test
    void shouldSayWhereTheWholeInstanceEnds() throws IOException {
        Files.writeString(manifest, """
                instance: shop
                auto_shutdown: any-significant
                daemons:
                  load: {command: [sleep, "3"], restart: never, significant: true}
                  web: {command: [sleep, infinity], max_restarts: 0, on_give_up: escalate}
                """);
        Result result = run("simulate", manifest.toString(), "--runs", "5", "--faults", "crash=2/h");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains(", and with it the whole instance ends: it is significant.\n"), result.out());
        assertTrue(result.out().contains("One crash of web: the whole instance ends.\n"), result.out());
        assertTrue(Pattern.compile("(?m)^load +- +- ").matcher(result.out()).find(), result.out());
        assertFalse(result.out().contains("One crash of load"), result.out());
    }

    @Test
    void shouldSayWhyTheLongestOutageBegan() throws IOException {
        Files.writeString(manifest, """
                instance: shop
                daemons:
                  web: {command: [sleep, infinity]}
                """);
        String hung = run("simulate", manifest.toString(), "--runs", "3", "--faults", "hang=4/h")
                .out();
        assertTrue(
                hung.contains(
                        "until the faults ended; it hung, and nothing noticed: no heartbeat, no liveness_probe. Replay: "),
                hung);
        String crashed = run("simulate", manifest.toString(), "--runs", "3", "--faults", "crash=4/h")
                .out();
        assertTrue(
                Pattern.compile("The longest outage: web was away for [^;]*; exited: .*\\. Replay: ")
                        .matcher(crashed)
                        .find(),
                crashed);
    }

    @Test
    void shouldFindNoOutageWhereNothingFails() {
        Result result = run("simulate", manifest.toString(), "--runs", "3", "--faults", "none", "--json");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("\"worst\":null"), result.out());
        assertTrue(result.out().contains("\"availability_p5\":1.0"), result.out());
        assertEquals(1, result.out().lines().count());
    }

    /** A root that starts one process too many, now and then: a rule is broken, and the line that is printed breaks it again. */
    @Test
    void shouldPrintTheLineThatReplaysAViolation() {
        core = (state, event) -> {
            Step step = Supervisor.step(state, event);
            if (!(event instanceof Event.Exited) || step.commands().isEmpty()) {
                return step;
            }
            return new Step(
                    step.state(),
                    step.commands().stream()
                            .filter(command -> !(command instanceof Command.RecordEvent))
                            .toList());
        };
        Result result = run("simulate", manifest.toString(), "--runs", "5", "--seed", "7", "--faults", "crash=20/h");
        assertEquals(1, result.exitCode(), result.out());
        String line = result.out()
                .lines()
                .filter(text -> text.startsWith("violation of EVERY_TRANSITION_IS_RECORDED in run "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(result.out()));
        String[] words =
                line.replaceAll(".*replay: coppice ([^#]*?) *#.*", "$1").split(" ");
        Result again = run(words);
        assertEquals(1, again.exitCode(), again.out());
        String what = line.replaceAll(".*# ", "");
        assertTrue(again.out().contains(what), again.out() + " lacks " + what);
        assertTrue(again.lastLine().startsWith("simulate: runs=1 "), again.out());
    }

    @Test
    void shouldSayTheSameAgain() {
        String[] arguments = {"simulate", manifest.toString(), "--runs", "8", "--hours", "0.5"};
        String first = run(arguments).out().replaceAll("hours_per_second=[0-9.]*", "");
        assertEquals(first, run(arguments).out().replaceAll("hours_per_second=[0-9.]*", ""));
    }

    @Test
    void shouldSayWhatItExpectsAndExitWithTwo() {
        refused("`crash=5%`: expected how often", "--faults", "crash=5%");
        refused("`zombie=2/h`: expected with what chance", "--faults", "zombie=2/h");
        refused("`none` stands alone, expected it without others", "--faults", "none,crash");
        refused("nothing before or after a comma", "--faults", "crash,");
        refused("`fire` is no kind of fault, expected `none`, `all` or some of: crash,", "--faults", "fire");
        refused("`crash` is there twice", "--faults", "crash=1/h,crash=2/h");
        refused("--hours: `day` is no number of hours", "--hours", "day");
        refused("--hours: 0 must be more than 0", "--hours", "0");
        refused("--runs: 0 must be 1 to", "--runs", "0");
    }

    private void refused(String message, String... options) {
        String[] arguments = {"simulate", manifest.toString(), options[0], options[1]};
        Result result = run(arguments);
        assertEquals(2, result.exitCode(), result.out());
        assertTrue(result.err().contains(message), result.err());
    }

    @Test
    void shouldRefuseAManifestThatIsWrong() throws IOException {
        Files.writeString(manifest, SHOP.replace("ready", "raedy"));
        Result result = run("simulate", manifest.toString());
        assertEquals(2, result.exitCode());
        assertTrue(result.err().contains("shop.yaml:8:"), result.err());
    }
}
