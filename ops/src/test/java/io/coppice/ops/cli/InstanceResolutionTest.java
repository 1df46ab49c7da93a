package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which instance a client command is about; `logs` is the command, since each instance here has a log that says its name. */
class InstanceResolutionTest {
    @TempDir
    Path directory;

    private CommandHarness harness;

    @BeforeEach
    void makeHarness() throws IOException {
        harness = new CommandHarness(directory);
    }

    /**
     * Instances: alpha and beta, each running, dead or missing. The rule's four sources, and what comes of each combination.
     */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // alpha, beta, --instance, variable, manifest -> exit code, instance
                "runs, -,    -,     -,     -,     0, alpha",
                "runs, runs, -,     -,     -,     2, -",
                "runs, dead, -,     -,     -,     0, alpha",
                "dead, -,    -,     -,     -,     3, -",
                "-,    -,    -,     -,     -,     3, -",
                "runs, runs, beta,  -,     -,     0, beta",
                "runs, runs, beta,  alpha, alpha, 0, beta",
                "runs, runs, -,     beta,  alpha, 0, beta",
                "runs, runs, -,     -,     beta,  0, beta",
                "runs, dead, beta,  -,     -,     0, beta",
                "runs, dead, -,     beta,  -,     0, beta",
                "runs, dead, -,     -,     beta,  0, beta",
                "runs, -,    -,     -,     beta,  3, -",
                "runs, -,    beta,  -,     -,     3, -",
                "runs, -,    -,     beta,  -,     3, -",
                "-,    -,    -,     -,     beta,  3, -",
                "runs, runs, -,     -,     gamma, 3, -",
                "runs, -,    Not_A, -,     -,     2, -",
                "runs, -,    ../x,  -,     -,     2, -",
                "runs, -,    -,     a/b,   -,     2, -",
            })
    void shouldFollowTheRule(
            String alpha, String beta, String option, String variable, String manifest, int exitCode, String chosen)
            throws IOException {
        make("alpha", alpha, 50);
        make("beta", beta, 60);
        if (variable != null) {
            harness.environment.put("COPPICE_INSTANCE", variable);
        }
        if (manifest != null) {
            Files.writeString(
                    harness.workingDirectory.resolve("coppice.yaml"), "# x\ninstance: " + manifest + "  # y\n");
        }

        Result result = option == null ? harness.run("logs", "who") : harness.run("logs", "who", "--instance", option);

        assertEquals(exitCode, result.exitCode(), result.err());
        assertEquals(chosen == null ? "" : chosen + "\n", result.out());
    }

    @Test
    void shouldTakeTheOptionBeforeOrAfterTheCommand() throws IOException {
        make("alpha", "runs", 50);
        make("beta", "runs", 60);

        assertEquals("beta\n", harness.run("--instance", "beta", "logs", "who").out());
        assertEquals("beta\n", harness.run("--instance=beta", "logs", "who").out());
        assertEquals("beta\n", harness.run("logs", "--instance", "beta", "who").out());
    }

    @Test
    void shouldTakeTheNameOfACommandForAnInstance() throws IOException {
        // `coppice torture` and `coppice demo` run as instances of these names.
        for (String name : List.of("torture", "demo")) {
            assertEquals(3, harness.run("--instance", name, "logs", "who").exitCode());
            assertEquals(3, harness.run("logs", "--instance", name, "who").exitCode());
        }
    }

    @Test
    void shouldListTheInstancesBetweenWhichToChoose() throws IOException {
        make("alpha", "runs", 50);
        make("beta", "runs", 60);

        assertEquals("""
                coppice: 2 instances run: say which with --instance NAME.
                  alpha  (its root runs as pid 50)
                  beta  (its root runs as pid 60)
                """, harness.run("logs", "who").err());
    }

    @Test
    void shouldSayWhatToDoWhenNothingRuns() throws IOException {
        assertEquals(
                "coppice: No instance runs (looked in " + harness.home + ", $COPPICE_HOME_DIR).\n"
                        + "  Start one with `coppice run -f FILE`, or `coppice demo`.\n",
                harness.run("status").err());
        make("alpha", "dead", 50);
        assertEquals(
                "coppice: No instance runs (looked in " + harness.home + ", $COPPICE_HOME_DIR).\n"
                        + "  Known: alpha (its root is not running (pid 50 is gone)).\n"
                        + "  Name one with --instance NAME, or start one with `coppice run -f FILE`.\n",
                harness.run("status").err());
    }

    @Test
    void shouldSuggestANearMiss() throws IOException {
        make("alpha", "runs", 50);

        Result result = harness.run("status", "--instance", "alhpa");

        assertEquals(3, result.exitCode());
        assertTrue(result.err().contains("Did you mean alpha?"), result.err());
    }

    /** As typed in the moment in which `coppice run` begins, or in another project's directory: what runs is not what is meant. */
    @ParameterizedTest
    @ValueSource(strings = {"stop", "kill", "restart", "status", "logs"})
    void shouldTakeNoOtherInstanceForTheOneThatTheManifestHereNames(String verb) throws IOException {
        make("alpha", "runs", 50);
        Files.writeString(harness.workingDirectory.resolve("coppice.yaml"), "daemons: {}\n");

        Result result = verb.equals("status") ? harness.run(verb) : harness.run(verb, "who");

        assertEquals(3, result.exitCode());
        assertEquals(
                "coppice: No such instance: coppice (from ./coppice.yaml; looked in " + harness.home
                        + ", $COPPICE_HOME_DIR).\n"
                        + "  Known: alpha (its root runs as pid 50).\n"
                        + "  Name one with --instance NAME, or start one with `coppice run -f FILE`.\n",
                result.err());
    }

    @Test
    void shouldNotFollowALinkToAnInstanceElsewhere() throws IOException {
        make("alpha", "runs", 50);
        Files.createSymbolicLink(harness.home.resolve("beta"), harness.home.resolve("alpha"));

        assertEquals(4, harness.run("logs", "who", "--instance", "beta").exitCode());
    }

    @Test
    void shouldNotTakeAReusedPidForTheRoot() throws IOException {
        make("alpha", "runs", 50);
        harness.proc.process(50, 1, 50, 'S', 501);

        assertEquals(3, harness.run("logs", "who").exitCode());
    }

    private void make(String name, String state, long pid) throws IOException {
        if (state != null) {
            Files.writeString(
                    harness.instanceWithRoot(name, pid, state.equals("runs")).log("who"), name + "\n");
        }
    }
}
