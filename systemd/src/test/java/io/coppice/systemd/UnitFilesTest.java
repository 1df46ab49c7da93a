package io.coppice.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The unit files, as systemd itself reads them. */
class UnitFilesTest {
    private static final Path UNITS = Path.of("src/main/systemd");
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"coppice.service", "coppice@.service"})
    void shouldBeUnderstoodBySystemdWithoutAWord(String unit) throws Exception {
        needAnalyze();
        // The launcher's path is the installation's; verify wants a program that exists.
        String text = Files.readString(UNITS.resolve(unit)).replace("/opt/coppice/coppice", "/bin/true");
        Path copy = Files.writeString(directory.resolve(unit.replace("@.", "@shop.")), text);
        assertEquals("0: ", analyze("verify", "--man=no", copy.toString()));
    }

    /** In tenths: 2.0 of 10. */
    @ParameterizedTest
    @ValueSource(strings = {"coppice.service", "coppice@.service"})
    void shouldExposeNoMoreThanItMust(String unit) throws Exception {
        needAnalyze();
        Path copy = Files.copy(UNITS.resolve(unit), directory.resolve(unit.replace("@.", "@shop.")));
        String said = analyze("security", "--offline=true", "--no-pager", "--threshold=20", copy.toString());
        assertTrue(said.startsWith("0: "), said);
    }

    private static void needAnalyze() {
        assumeTrue(Files.isExecutable(ANALYZE), ANALYZE + " is not here (Debian: apt-get install systemd)");
    }

    /** Its exit status, and what it said. */
    private static String analyze(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(ANALYZE.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue() + ": " + said;
    }

    @Test
    void shouldDifferOnlyInTheInstance() throws Exception {
        List<String> one = Files.readAllLines(UNITS.resolve("coppice.service"));
        List<String> many = Files.readAllLines(UNITS.resolve("coppice@.service"));
        assertEquals(one.size(), many.size());
        for (int i = 1; i < one.size(); i++) {
            assertEquals(
                    one.get(i),
                    many.get(i)
                            .replace(" of %i", "")
                            .replace(" --instance %i", "")
                            .replace("/system-coppice.slice/%n", "/%n")
                            .replace("/etc/coppice/%i.yaml", "/etc/coppice/coppice.yaml"));
        }
    }

    @Test
    void shouldNeverForbidTheJvmItsCompiler() throws Exception {
        for (String line : Files.readAllLines(UNITS.resolve("coppice.service"))) {
            assertTrue(!line.startsWith("MemoryDenyWriteExecute="), line);
        }
    }
}
