package io.coppice.ops.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandLineParts;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.CoppiceCommandLine;
import io.coppice.ops.cli.PlanCompiler;
import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.Clocks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code install} and {@code uninstall} beside a systemd that only notes what it is asked; the real one is in the box. */
class InstallCommandTest {
    private static final Path SHIPPED = Path.of("../systemd/src/main/systemd/coppice.service");

    @TempDir
    Path directory;

    private Path home;
    private Path units;
    private final List<String> calls = new ArrayList<>();
    private PlanCompiler compiler = (manifest, instance, environment, jdk, scaled) ->
            new Compilation.Compiled("coppice-plan", List.of(), List.of());
    private long uid;

    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void make() throws IOException {
        home = directory.resolve("coppice");
        units = Files.createDirectories(directory.resolve("units"));
        Path copy = home.resolve("systemd/src/main/systemd/coppice.service");
        Files.createDirectories(copy.getParent());
        Files.copy(SHIPPED, copy);
    }

    private Result run(String... arguments) {
        Installation installation = new Installation(
                home,
                units,
                Path.of("/usr/lib/jvm/some"),
                List.of(directory.resolve("tmp")),
                words -> calls.add(String.join(" ", words)));
        SortedMap<String, Function<CoppiceCommand, Object>> commands = new TreeMap<>();
        commands.put("install", coppice -> new InstallCommand(coppice, () -> compiler, () -> installation));
        commands.put("uninstall", coppice -> new UninstallCommand(coppice, () -> installation));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Caller caller = new Caller(
                Map.of(),
                Path.of("/srv/shop"),
                new ByteArrayInputStream(new byte[0]),
                out,
                Caller.OutputKind.PIPE,
                err,
                Path.of("/proc"),
                uid,
                Clocks.system());
        int exitCode = new CoppiceCommandLine(caller, new CommandLineParts(() -> compiler, commands)).run(arguments);
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldWriteAUnitForThisCheckoutAndTheManifest() throws Exception {
        Result result = run("install", "coppice.yaml");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("systemctl enable --now coppice.service"), result.out());
        String unit = Files.readString(units.resolve("coppice.service"));
        assertTrue(unit.startsWith(UnitText.MARK + "\n[Unit]\n"), unit);
        assertTrue(
                unit.contains("\nEnvironment=COPPICE_JAVA_HOME=/usr/lib/jvm/some COPPICE_BUILD=never\nExecStart=" + home
                        + "/coppice run -f /srv/shop/coppice.yaml\n"),
                unit);
        assertTrue(unit.contains("\nExecStopPost=-" + home + "/systemd/src/main/systemd/after-stop %n\n"), unit);
        assertFalse(unit.contains("/opt/coppice") || unit.contains("/etc/coppice"), unit);
        assertEquals(
                "rw-r--r--",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(units.resolve("coppice.service"))));
        assertEquals(List.of("daemon-reload"), calls);

        assertEquals(0, run("install", "other.yaml").exitCode(), "what it wrote it may replace");
        assertTrue(Files.readString(units.resolve("coppice.service")).contains("/srv/shop/other.yaml"));

        calls.clear();
        assertEquals(0, run("uninstall").exitCode());
        assertEquals(List.of("disable --now coppice.service", "daemon-reload"), calls);
        try (Stream<Path> left = Files.list(units)) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(1, run("uninstall").exitCode());
    }

    @Test
    void shouldOnlySayWhatItWouldDo() throws Exception {
        uid = 1000;
        Result result = run("install", "--dry-run", "--name", "shop");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out()
                .startsWith("# would write " + units.resolve("coppice-shop.service") + ":\n" + UnitText.MARK));
        assertTrue(result.out().contains("-f /etc/coppice/coppice.yaml\n"), result.out());
        try (Stream<Path> left = Files.list(units)) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(List.of(), calls);
    }

    @Test
    void shouldLeaveAloneWhatItDidNotWrite() throws Exception {
        Path unit = Files.writeString(units.resolve("coppice.service"), "[Service]\n");
        Result result = run("install");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().startsWith("coppice: " + unit + " was not written by `coppice install`"), result.err());
        assertEquals(1, run("uninstall").exitCode());
        assertEquals("[Service]\n", Files.readString(unit));
        Files.delete(unit);
        Files.createSymbolicLink(unit, home.resolve("systemd/src/main/systemd/coppice.service"));
        assertEquals(1, run("install").exitCode());
        assertTrue(Files.isSymbolicLink(unit));
        assertEquals(List.of(), calls);
    }

    @Test
    void shouldRefuseWhatCannotWork() {
        uid = 1000;
        assertEquals(4, run("install").exitCode());
        uid = 0;
        assertEquals(2, run("install", "--name", "Shop!").exitCode());
        Result blank = run("install", "/srv/a shop.yaml");
        assertEquals(1, blank.exitCode());
        assertTrue(blank.err().contains("/srv/a shop.yaml has characters"), blank.err());
        Result hidden = run("install", directory.resolve("tmp/shop.yaml").toString());
        assertEquals(1, hidden.exitCode());
        assertTrue(hidden.err().contains("PrivateTmp"), hidden.err());
        compiler = (manifest, instance, environment, jdk, scaled) ->
                new Compilation.Rejected(List.of(manifest + ":1:1: daemons: missing"));
        Result wrong = run("install", "shop.yaml");
        assertEquals(2, wrong.exitCode());
        assertEquals("/srv/shop/shop.yaml:1:1: daemons: missing\n", wrong.err());
        assertEquals(List.of(), calls);
    }
}
