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
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.ReplicaSet;
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
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code install} and {@code uninstall} beside a systemd that only notes what it is asked; the real one is in the box. */
class InstallCommandTest {
    private static final Path SHIPPED = Path.of("../systemd/src/main/systemd");

    @TempDir
    Path directory;

    private Path home;
    private Path units;
    private final List<String> calls = new ArrayList<>();
    private PlanCompiler compiler = (manifest, instance, environment, jdk, scaled) -> compiled(Isolation.MAPPING);
    private long uid;

    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void make() throws IOException {
        home = directory.resolve("coppice");
        units = Files.createDirectories(directory.resolve("units"));
        Path copies = Files.createDirectories(home.resolve("systemd/src/main/systemd"));
        for (String shipped : List.of("coppice.service", "isolation-user.conf")) {
            Files.copy(SHIPPED.resolve(shipped), copies.resolve(shipped));
        }
    }

    private static Compilation compiled(Isolation isolation) {
        Plan plan = new Plan(
                "shop",
                "/srv/shop.yaml",
                "/run/coppice/shop",
                "/run/coppice/shop",
                isolation,
                isolation == Isolation.USER ? 400_000 : 0,
                ControlAccess.OWN_USER,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of());
        return new Compilation.Compiled(PlanText.write(plan), List::of, List.of());
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

    /** Of a manifest for which the machine has to set users aside first. */
    private final class Lacking implements PlanCompiler {
        private boolean made;

        @Override
        public Compilation compile(
                Path manifest,
                Optional<String> instance,
                Map<String, String> environment,
                Optional<Path> javaHome,
                List<ReplicaSet> scaled) {
            return made
                    ? compiled(Isolation.USER)
                    : new Compilation.Rejected(List.of(manifest + ":1:1: isolation: no users"));
        }

        @Override
        public Optional<Provision> missing(Path manifest, Map<String, String> environment) {
            return made
                    ? Optional.empty()
                    : Optional.of(new Provision() {
                        @Override
                        public String intent() {
                            return "set users aside";
                        }

                        @Override
                        public String make() {
                            made = true;
                            calls.add("set aside");
                            return "Set users aside.";
                        }
                    });
        }
    }

    @Test
    void shouldGiveAServiceWithUsersOfTheirOwnWhatItTakes() throws Exception {
        compiler = new Lacking();
        Result dry = run("install", "--dry-run");
        assertEquals(0, dry.exitCode(), dry.err());
        assertTrue(dry.out().startsWith("# would set users aside\n# would write "), dry.out());
        assertTrue(dry.out().contains("CAP_SETUID"), dry.out());
        assertEquals(List.of(), calls);
        uid = 1000;
        assertEquals(4, run("install").exitCode());
        assertEquals(List.of(), calls);
        uid = 0;
        Result result = run("install");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().startsWith("Set users aside.\nWrote "), result.out());
        assertEquals(List.of("set aside", "daemon-reload"), calls);
        String unit = Files.readString(units.resolve("coppice.service"));
        assertTrue(
                unit.contains("\nSystemCallErrorNumber=EPERM\n\nCapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE"),
                unit);
        assertTrue(unit.contains("\nStateDirectoryMode=0700\n\n[Install]\n"), unit);
        assertEquals(1, unit.split("\\[Service]", -1).length - 1);
        calls.clear();
        assertEquals(0, run("install").exitCode());
        assertEquals(List.of("daemon-reload"), calls, "nothing is missing any more");
    }

    @Test
    void shouldSetNothingAsideForWhatCannotBeInstalled() throws Exception {
        compiler = new Lacking();
        assertEquals(
                1, run("install", directory.resolve("tmp/shop.yaml").toString()).exitCode());
        Files.writeString(units.resolve("coppice.service"), "[Service]\n");
        assertEquals(1, run("install").exitCode());
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
