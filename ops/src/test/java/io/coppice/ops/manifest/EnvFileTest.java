package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables that come from files. */
class EnvFileTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(shop.folder.resolve(name), text);
    }

    @Test
    void shouldReadWhatComposeReads() {
        String text = """
                # a comment

                A=1
                  export B = two words   # and why
                C='$x \\n # "q"' # comment
                D="a\\tb \\"c\\" \\$d \\q"
                E=
                F=x#y
                G="one
                two"
                A=2
                H=it's
                I= # nothing
                J=#fff
                """;
        List<String> faults = new ArrayList<>();
        Map<String, String> read = EnvFileText.read(text, (line, column, message) -> faults.add(message));
        assertEquals(List.of(), faults);
        assertEquals(
                Map.of(
                        "A",
                        "2",
                        "B",
                        "two words",
                        "C",
                        "$x \\n # \"q\"",
                        "D",
                        "a\tb \"c\" $d \\q",
                        "E",
                        "",
                        "F",
                        "x#y",
                        "G",
                        "one\ntwo",
                        "H",
                        "it's",
                        "I",
                        "",
                        "J",
                        "#fff"),
                read);
    }

    @Test
    void shouldReadLinesOfWindows() {
        Map<String, String> read = EnvFileText.read("A=1\r\nB=\"2\"\r\n", (line, column, message) -> {
            throw new AssertionError(message);
        });
        assertEquals(Map.of("A", "1", "B", "2"), read);
    }

    @Test
    void shouldLetTheLaterFileWinAndTheManifestOverAll() throws IOException {
        write("shared.env", "A=shared\nS=shared\n");
        write("first.env", "A=first\nB=first\nC=first\n");
        write("second.env", "B=second\nC=second\n");
        ChildPlan it = shop.child("defaults: {env_file: shared.env, environment: {C: manifest}}\n"
                + Workshop.commandWith("env_file: [first.env, second.env]"));
        assertEquals("shared", it.environment().get("S"));
        assertEquals("first", it.environment().get("A"));
        assertEquals("second", it.environment().get("B"));
        assertEquals("manifest", it.environment().get("C"));
    }

    @Test
    void shouldNotFeedSubstitution() throws IOException {
        write("it.env", "DIRECTORY=lib\n");
        shop.assertErrors(
                Workshop.commandWith("env_file: it.env", "working_dir: ${DIRECTORY}"),
                "5:18: daemons.it.working_dir: `DIRECTORY` is not set, expected that variable in the environment, or a default such as ${DIRECTORY:-…}");
    }

    @Test
    void shouldCountAsAnotherLaunchWhenTheFileChanges() throws IOException {
        write("it.env", "A=1\n");
        String yaml = Workshop.daemonWith("env_file: it.env");
        long before = shop.child(yaml).launch();
        write("it.env", "# other words, same meaning\nexport A='1'\n");
        assertEquals(before, shop.child(yaml).launch());
        write("it.env", "A=2\n");
        assertNotEquals(before, shop.child(yaml).launch());
    }

    @Test
    void shouldTellEachFaultOfAFileOnceWithItsLine() throws IOException {
        write("it.env", "A=1\nB\n  =2\nC='x' y\nD=ok\nE=\"open\nF=1\n");
        List<String> errors =
                shop.errors("daemons:\n  it:\n    command: [sleep, \"60\"]\n    env_file: it.env\n    period: 1x\n"
                        + "  other:\n    command: [sleep, \"60\"]\n    env_file: [it.env]\n");
        assertEquals(
                List.of(
                        "shop.yaml:5:13: daemons.it.period: `1x` has the unknown unit `x`, expected a duration in ms, s, m or h such as `5s`",
                        "it.env:2:1: daemons.it.env_file: no `=` after `B`, expected NAME=VALUE",
                        "it.env:3:3: daemons.it.env_file: `=2` begins with no name of a variable, expected NAME=VALUE",
                        "it.env:4:6: daemons.it.env_file: ` y` after the closing quote, expected the end of the line or a # comment",
                        "it.env:6:3: daemons.it.env_file: the value of `E` has no closing \", expected one"),
                errors);
    }

    @Test
    void shouldTellOfAFileThatIsNotThere() throws IOException {
        write("prod.env", "");
        shop.assertErrors(
                Workshop.commandWith("env_file: [prd.env, lib]"),
                "4:16: daemons.it.env_file[0]: `prd.env` does not exist (looked at prd.env), expected a file of NAME=VALUE lines; did you mean `prod.env`?",
                "4:25: daemons.it.env_file[1]: `lib` is a directory (looked at lib), expected a file of NAME=VALUE lines");
    }

    @Test
    void shouldTellOfAValueThatIsNoFile() {
        shop.assertErrors(
                Workshop.commandWith("env_file: {a: b}"),
                "4:15: daemons.it.env_file: a mapping, expected a file of NAME=VALUE lines, or a list of such files");
        shop.assertErrors(
                "env_file: a\n" + Workshop.commandWith(),
                "1:1: env_file: unknown key, expected a key of a manifest; it belongs below a daemon or below `defaults`");
    }

    @Test
    void shouldNotLetAFileChangeTheJvm() throws IOException {
        write("it.env", "JAVA_TOOL_OPTIONS=-Xmx1g\n");
        shop.assertErrors(
                Workshop.daemonWith("env_file: it.env"),
                "5:15: daemons.it.env_file: `JAVA_TOOL_OPTIONS` would change the JVM behind the budget's back, expected the key `jvm.options`");
        assertFalse(shop.child(Workshop.commandWith("env_file: it.env"))
                .environment()
                .isEmpty());
    }
}
