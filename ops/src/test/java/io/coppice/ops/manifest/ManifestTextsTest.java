package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts, and what looks like one. */
class ManifestTextsTest {
    private static final String NO_CLASS_PATH =
            "no `classpath`, expected the jars that hold its class, such as [lib/*.jar]";

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    @Test
    void shouldRefuseANumberForAClassWithoutAClassPath() {
        shop.assertErrors(
                "daemons: {it: {main: 3}}",
                "1:11: daemons.it: " + NO_CLASS_PATH,
                "1:22: daemons.it.main: the number `3`, expected a class name such as com.example.Ingest");
        shop.assertErrors(
                "daemons: {it: {main: true}}",
                "1:11: daemons.it: " + NO_CLASS_PATH,
                "1:22: daemons.it.main: the boolean `true`, expected a class name such as com.example.Ingest");
    }

    @Test
    void shouldCheckTheNameOfAClassWithoutAClassPath() {
        shop.assertErrors(
                "daemons: {it: {main: com/example/Ingest.class}}",
                "1:11: daemons.it: " + NO_CLASS_PATH,
                "1:22: daemons.it.main: `com/example/Ingest.class` is not the name of a class, expected a class name"
                        + " such as com.example.Ingest; did you mean `com.example.Ingest`?");
        shop.assertErrors(
                "daemons: {it: {main: \"3\"}}",
                "1:11: daemons.it: " + NO_CLASS_PATH,
                "1:22: daemons.it.main: `3` is not the name of a class, expected a class name such as"
                        + " com.example.Ingest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "-7", "0x1F", "0o17", "1.5", ".5", "1e9", ".inf", "-.Inf", ".NaN"})
    void shouldRefuseANumberForACommand(String number) {
        shop.assertErrors(
                "daemons: {it: {command: " + number + "}}",
                "1:25: daemons.it.command: the number `" + number + "`, expected a list that is executed, such as"
                        + " [nginx, -g, \"daemon off;\"], or a text for /bin/sh -c; write \"" + number
                        + "\" if that text is meant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "False", "TRUE"})
    void shouldRefuseABooleanForACommand(String bool) {
        shop.assertErrors(
                "daemons: {it: {command: " + bool + "}}",
                "1:25: daemons.it.command: the boolean `" + bool + "`, expected a list that is executed, such as"
                        + " [nginx, -g, \"daemon off;\"], or a text for /bin/sh -c; write \"" + bool
                        + "\" if that text is meant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~", "null", "Null", ""})
    void shouldRefuseNothingForACommand(String nothing) {
        String error = shop.error("daemons:\n  it:\n    command: " + nothing + "\n");
        assertTrue(
                error.endsWith(" daemons.it.command: no value, expected a list that is executed, such as [nginx, -g,"
                        + " \"daemon off;\"], or a text for /bin/sh -c"),
                error);
    }

    @Test
    void shouldTakeTextsThatLookLikeNumbersAndNumbersAmongWords() {
        assertEquals(
                List.of("/bin/sh", "-c", "7"),
                shop.child("daemons: {it: {command: \"7\"}}").argv());
        assertEquals(
                List.of("/bin/sh", "-c", "true"),
                shop.child("daemons: {it: {command: 'true'}}").argv());
        assertEquals(
                List.of("sleep", "5", "1.50", "true"),
                shop.child("daemons: {it: {command: [sleep, 5, 1.50, true]}}").argv());
        List<String> argv =
                shop.child(Workshop.daemonWith("args: [7, 0x10, no]")).argv();
        assertEquals(List.of("7", "0x10", "no"), argv.subList(argv.size() - 3, argv.size()));
        assertEquals(
                "8080",
                shop.child(Workshop.commandWith("environment: {PORT: 8080}"))
                        .environment()
                        .get("PORT"));
        assertEquals(
                "7",
                shop.compiled("instance: 7\n" + Workshop.commandWith()).plan().instance());
    }

    @Test
    void shouldRefuseNumbersForDirectories() throws IOException {
        Files.createDirectories(shop.folder.resolve("7"));
        shop.assertErrors(
                "segments: 7\n" + Workshop.commandWith("working_dir: 7"),
                "1:11: segments: the number `7`, expected a directory; write \"7\" if that text is meant",
                "5:18: daemons.it.working_dir: the number `7`, expected a directory; write \"7\" if that text is meant");
    }

    @Test
    void shouldNotTakeTheSecondWordForTheProgram() {
        shop.assertErrors(
                "daemons: {it: {command: [{a: b}, nosuch]}}",
                "1:26: daemons.it.command[0]: a mapping, expected a text");
    }
}
