package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables in the values of a manifest. */
class SubstitutionTest {
    private static final Map<String, String> VARIABLES = Map.of("NAME", "it", "EMPTY", "", "TREE", "[a, {b: c}]");

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
        shop.environment.putAll(VARIABLES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "a ${NAME} b ${NAME} | a it b it",
                "${NAME:-x}${NAME-x} | itit",
                "<${EMPTY:-x}><${EMPTY-x}><${NONE:-x}><${NONE-x}> | <x><><x><x>",
                "<${EMPTY:+x}><${EMPTY+x}><${NAME:+x}><${NONE+x}> | <><x><x><>",
                "<${NONE:-}> | <>",
                "${NAME:?must be set} ${EMPTY?} | it",
                "${NONE:-${NAME}}${NONE:-a${NONE:-b}c} | itabc",
                "${NAME:-${NONE}}${NAME:-${NONE:?never read}} | itit",
                "$$ $${NAME} $$$${NAME} $$${NAME} | $ ${NAME} $${NAME} $it",
                "$1 $? $@ $(date) $((1 + 1)) 5$ | $1 $? $@ $(date) $((1 + 1)) 5$",
                "${NONE:-a$$b:c-d?e} | a$b:c-d?e"
            })
    void shouldReadWhatComposeReads(String text, String expected) throws VariableText.Fault {
        assertEquals(
                expected,
                VariableText.read(text, VARIABLES, VariableText.Sums.A_SHELLS, 1000)
                        .value()
                        .strip());
    }

    @Test
    void shouldGiveEachKeyTheTypeThatItExpects() {
        shop.environment.putAll(Map.of("SIZE", "2MiB", "TIMES", "7", "DIRECTORY", "lib", "WHEN", "always"));
        ChildPlan it = shop.child(Workshop.daemonWith(
                "state: ${SIZE:-1MiB} # and ${NO_VARIABLE} in a comment",
                "max_restarts: \"${TIMES}\"",
                "restart: ${WHEN}",
                "working_dir: ./${DIRECTORY}",
                "backoff: {factor: \"${FACTOR:-3}\", max: \"${TIMES}s\"}",
                "environment: {EMPTY: \"${EMPTY}\", NUMBER: \"${TIMES}\", PRICE: 5$$}",
                "args: ['${TREE}', '$${TREE}', '$TREE']"));
        assertEquals(2L << 20, it.stateBytes());
        assertEquals(7, it.maxRestarts());
        assertEquals(shop.folder.resolve("lib").toString(), it.workingDirectory());
        assertEquals(3.0, it.backoff().factor());
        assertEquals(7_000, it.backoff().maxMs());
        assertEquals("", it.environment().get("EMPTY"));
        assertEquals("7", it.environment().get("NUMBER"));
        assertEquals("5$", it.environment().get("PRICE"));
        List<String> argv = it.argv();
        assertEquals(List.of("[a, {b: c}]", "${TREE}", "$TREE"), argv.subList(argv.size() - 3, argv.size()));
    }

    @Test
    void shouldLeaveTheShellWhatIsTheShells() {
        ChildPlan it = shop.child("daemons:\n  it:\n    command: 'echo $$$$ $HOME $1 $${NAME} ${NAME}'\n");
        assertEquals(List.of("/bin/sh", "-c", "echo $$ $HOME $1 ${NAME} it"), it.argv());
    }

    @Test
    void shouldNotTakeAVariablesTextForStructure() {
        shop.environment.put("MORE", "1s\n    command: [evil]");
        shop.assertErrors(
                Workshop.daemonWith("reads: ${TREE}", "period: ${MORE}", "jvm: ${TREE}"),
                "5:12: daemons.it.reads: `[a, {b: c}]`, expected a list of daemons such as [rates]; did you mean `[[a, {b: c}]]`?",
                "6:13: daemons.it.period: `1s\\n    command: [evil]`, expected a duration in ms, s, m or h such as `5s`",
                "7:10: daemons.it.jvm: `[a, {b: c}]`, expected a mapping of heap, options, archive");
    }

    @Test
    void shouldNotSubstituteInKeys() {
        shop.assertErrors(
                "daemons:\n  ${NAME}:\n    command: [sleep, \"60\"]\n",
                "2:3: daemons.${NAME}: `${NAME}` cannot name a daemon, expected [a-z0-9-]{1,32}; did you mean `name`?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "working_dir: ${NONE} | 5:18: daemons.it.working_dir: `NONE` is not set, expected that variable in the environment, or a default such as ${NONE:-…}",
                "working_dir: ${NONE:?where to run} | 5:18: daemons.it.working_dir: `NONE` is not set: `where to run`, expected that variable in the environment",
                "working_dir: ${EMPTY:?} | 5:18: daemons.it.working_dir: `EMPTY` is empty, expected that variable in the environment",
                "jvm: {heap: '${NONE}'} | 5:17: daemons.it.jvm.heap: `NONE` is not set, expected that variable in the environment, or a default such as ${NONE:-…}",
                "args: [a, '${NONE}'] | 5:15: daemons.it.args[1]: `NONE` is not set, expected that variable in the environment, or a default such as ${NONE:-…}",
                "working_dir: ${NAME | 5:18: daemons.it.working_dir: `${NAME` has no closing brace, expected ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}; `$$` is a `$`",
                "working_dir: ${NAME:-a | 5:18: daemons.it.working_dir: `${NAME:-a` has no closing brace, expected ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}; `$$` is a `$`",
                "working_dir: ${NAME%x} | 5:18: daemons.it.working_dir: `${NAME%x}` is no variable, expected ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}; `$$` is a `$`",
                "working_dir: ${} | 5:18: daemons.it.working_dir: `${}` names no variable, expected ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}; `$$` is a `$`",
                "working_dir: $HOME/x | 5:18: daemons.it.working_dir: `$HOME` in `$HOME/x`, expected `${HOME}` for the variable, or `$$HOME` for that text",
                "state: ${EMPTY} | 5:12: daemons.it.state: ``, expected a size in B, KiB, MiB or GiB such as `64MiB`"
            })
    void shouldSayWhatIsWrongAndWhere(String line, String expected) {
        // What cannot be read is told again by its key at most: the first line is the one.
        List<String> errors = shop.errors(Workshop.daemonWith(line));
        assertEquals("shop.yaml:" + expected, errors.get(0));
    }

    /** An anchor stands where nobody reads it, and is read where it is used. */
    @Test
    void shouldTellOfWhatAnExtensionHoldsWhereItIsUsed() {
        shop.assertErrors(
                "x-env: &env {HOME_OF_IT: $HOME, PORT: $((80 + 1)), GONE: '${NONE}'}\n"
                        + "x-unused: $HOME and $((80 + 1))\n"
                        + "daemons:\n  it: {command: [sleep, '60'], environment: *env}\n",
                "1:26: daemons.it.environment.HOME_OF_IT: `$HOME` in `$HOME`, expected `${HOME}` for the variable, or `$$HOME` for that text",
                "1:39: daemons.it.environment.PORT: `$((80 + 1))`, expected a sum such as `$((8080 + COPPICE_REPLICA))`, below a daemon with `replicas`, or `$$((` for that text",
                "1:58: x-env.GONE: `NONE` is not set, expected that variable in the environment, or a default such as ${NONE:-…}");
    }

    @Test
    void shouldTakeNoDaemonForAnExtensionByItsName() {
        shop.assertErrors(
                "daemons:\n  x-it: {command: [sleep, '60'], environment: {A: $HOME}}\n",
                "2:51: daemons.x-it.environment.A: `$HOME` in `$HOME`, expected `${HOME}` for the variable, or `$$HOME` for that text");
    }

    @Test
    void shouldTellOnceWhatCannotBeRead() {
        assertEquals(1, shop.errors(Workshop.daemonWith("state: ${NONE}")).size());
    }

    @Test
    void shouldBoundWhatVariablesAdd() {
        shop.environment.put("LONG", "x".repeat(60_000));
        String error = shop.errors(Workshop.daemonWith("args: ['" + "${LONG}".repeat(3) + "']"))
                .get(0);
        assertTrue(error.contains("longer than "), error);
    }

    @Test
    void shouldBoundDefaultsInDefaults() {
        String error = shop.errors(Workshop.daemonWith("args: ['" + "${N:-".repeat(1000) + "']"))
                .get(0);
        assertTrue(error.contains("defaults within defaults, deeper than 8"), error);
    }
}
