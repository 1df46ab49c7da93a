package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.AccessList;
import io.coppice.supervisor.os.Landlock;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the key {@code isolation} is read, and whom it makes of whom. */
class ManifestIsolationTest {
    private static final String USER = "isolation: {mode: user, ids: 300000-300999}\n";
    private static final String TWO = """
            daemons:
              ingest: {main: com.example.Ingest, classpath: [lib/shop.jar], reads: [rates], transactions: {slots: 2, standby: 1}}
              rates: {main: com.example.Rates, classpath: [lib/shop.jar], reads: []}
              web: {command: [sleep, "60"], readiness_probe: {exec: ["true"]}, shutdown: {command: ["true"]}}
              admin: {command: [sleep, "60"], user: root}
            """;

    private Workshop shop;
    private Path tools;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
        shop.uid = 0;
        shop.system("/proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\n");
        // Whoever runs the test can be no other user, and others cannot enter the test's directory.
        tools = Files.createDirectory(temporary.resolve("tools"));
        setpriv("while [ \"${1#--}\" != \"$1\" ]; do shift; done; exec \"$@\"");
        shop.environment.put("PATH", tools + ":" + shop.environment.get("PATH"));
    }

    private void setpriv(String script) throws IOException {
        Path file = Files.writeString(tools.resolve("setpriv"), "#!/bin/sh\n" + script + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    @Test
    void shouldSayWhatAUserCannotRead() throws IOException {
        setpriv("while [ \"${1#--}\" != \"$1\" ]; do shift; done; shift 4; for f; do :; done; echo \"$f\"; exit 3");
        List<String> errors = shop.errors(USER + Workshop.daemonWith());
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.get(0).contains("who `it` would run as, cannot read lib/shop.jar, expected"), errors.get(0));
        setpriv(
                "while [ \"${1#--}\" != \"$1\" ]; do shift; done; for f; do :; done; echo \"$f\"; echo \"${f%/lib*}\"; exit 3");
        errors = shop.errors(USER + Workshop.daemonWith());
        assertTrue(
                errors.get(0)
                        .endsWith(
                                "cannot read lib/shop.jar: FOLDER does not let it pass, expected a file, and directories"
                                        + " above it, that other users may read; `chmod o+x FOLDER`, move it, or name a `user` that"
                                        + " may"),
                errors.get(0));
        setpriv("echo refused; exit 1");
        assertTrue(shop.errors(USER + Workshop.daemonWith()).get(0).contains("cannot be told: refused"));
    }

    /** By the shell itself, which would else say only that there is no class. */
    @Test
    void shouldNameTheFirstDirectoryThatCannotBePassed() throws Exception {
        assumeTrue(Surroundings.ofThisProcess().uid() == 0, "only root can be another user");
        Path closed = Files.createDirectory(shop.folder.resolve("closed"));
        Path jar = Files.createDirectory(closed.resolve("deeper")).resolve("it.jar");
        Files.writeString(jar, "");
        for (Path each = closed; !each.equals(Path.of("/tmp")) && each.getParent() != null; each = each.getParent()) {
            assertTrue(each.toFile().setExecutable(true, false));
        }
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        ChildPlan child = new ChildPlanBuilder("it", ChildPlan.Kind.COMMAND)
                .argv(List.of(jar.toString()))
                .workingDirectory("/")
                .plan();
        Reachability reachability = new Reachability(Path.of("/usr/bin/setpriv"));
        Identity nobody = new Identity(300_000, 1, 300_000, 300_000, Identity.NO_MAKER, List.of());
        assertEquals(
                new Reachability.Obstacle(jar.toString(), closed.toString()), reachability.obstacle(child, nobody));
    }

    @Test
    void shouldWarnOfJarsThatWorkersMayChange() throws Exception {
        Path lib = shop.folder.resolve("lib");
        String manifest = USER + Workshop.daemonWith();
        assertEquals(List.of(), shop.compiled(manifest).warnings());
        Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("rwxr-xrwx"));
        List<String> warnings = shop.compiled(manifest).warnings();
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(
                warnings.get(0)
                        .endsWith("1:19: isolation.mode: warning: workers may change " + lib.resolve("shop.jar")
                                + ", which `it` is started from, since " + lib.toRealPath()
                                + " may be written by everybody; `chmod o-w " + lib.toRealPath() + "`"),
                warnings.get(0));
        assertEquals(
                List.of(),
                shop.compiled(Workshop.daemonWith()).warnings(),
                "where nobody is another there is no more to say");

        Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(lib.resolve("shop.jar"), PosixFilePermissions.fromString("rw-rw-r--"));
        int group = (Integer) Files.getAttribute(lib.resolve("shop.jar"), "unix:gid");
        assumeTrue(group != 0 || Surroundings.ofThisProcess().uid() == 0, "only root can name the group 0");
        Files.setAttribute(lib.resolve("shop.jar"), "unix:gid", group == 0 ? 54_322 : group);
        String declared = USER + Workshop.daemonWith("user: 54321:" + (group == 0 ? 54_322 : group));
        assertTrue(
                shop.compiled(declared).warnings().toString().contains("shop.jar may be written by group "),
                () -> shop.compiled(declared).warnings().toString());
    }

    @Test
    void shouldSayThatTheKernelKeepsNoTransactionInItsGroup() {
        System.setProperty("coppice.test.groupFilter.absent", "true");
        try {
            String report = CheckReport.of(Path.of("shop.yaml"), shop.compiled(USER + TWO));
            assertTrue(
                    report.contains("\n           This kernel leaves open: what a transaction leaves behind"), report);
        } finally {
            System.clearProperty("coppice.test.groupFilter.absent");
        }
    }

    private Map<String, ChildPlan> children(String yaml) {
        return shop.compiled(yaml).plan().children().stream()
                .collect(Collectors.toMap(ChildPlan::name, Function.identity()));
    }

    private static Identity identity(Map<String, ChildPlan> children, String name) {
        return Objects.requireNonNull(Objects.requireNonNull(children.get(name)).identity());
    }

    @Test
    void shouldLeaveEverybodyWhatTheRootIsWithoutTheKey() {
        Plan plan = shop.compiled(TWO).plan();
        assertEquals(Isolation.MAPPING, plan.isolation());
        assertEquals(0, plan.readers());
        assertTrue(plan.children().stream().allMatch(child -> child.identity() == null));
        assertEquals(plan, shop.compiled("isolation: mapping\n" + TWO).plan());
    }

    @Test
    void shouldLetADaemonReadWhatItsReadsSayAndNobodyElse() {
        Map<String, ChildPlan> children = children(USER + TWO);
        int readers = shop.compiled(USER + TWO).plan().readers();
        Identity ingest = identity(children, "ingest");
        Identity rates = identity(children, "rates");
        Identity slot = identity(children, "ingest@1");

        assertEquals(List.of(rates.own()), rates.groups());
        assertEquals(
                List.of(ingest.own(), rates.own(), slot.own(), readers).stream()
                        .sorted()
                        .toList(),
                ingest.groups());
        assertEquals(ingest.uid(), ingest.own());
        assertNotEquals(ingest.uid(), rates.uid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"user, ids: 300000-300999", "sandbox"})
    void shouldNameThoseThatMayReadEverySegment(String mode) {
        assumeTrue(mode.startsWith("user") || Landlock.abi() > 0, "a kernel without Landlock");
        String daemons = TWO.replace(", reads: [rates]", "").replace(", user: root", "");
        String report =
                CheckReport.of(Path.of("shop.yaml"), shop.compiled("isolation: {mode: " + mode + "}\n" + daemons));
        assertTrue(
                report.contains(
                        "           Every segment may be read by ingest, for want of `reads` (`reads: []`: no other)\n"),
                report);
        assertFalse(CheckReport.of(Path.of("shop.yaml"), shop.compiled(daemons)).contains("Every segment"));
        assertFalse(CheckReport.of(
                        Path.of("shop.yaml"),
                        shop.compiled("isolation: {mode: " + mode + "}\n" + TWO.replace(", user: root", "")))
                .contains("Every segment"));
    }

    @Test
    void shouldGiveEachProcessOfASlotAUserThatIsNotItsDaemons() {
        Map<String, ChildPlan> children = children(USER + TWO);
        Identity ingest = identity(children, "ingest");
        Identity slot = identity(children, "ingest@1");

        assertEquals(slot, identity(children, "ingest@2"));
        assertEquals(4, slot.uids()); // two slots, one standby, and one that is buried meanwhile
        assertFalse(slot.hasUid(ingest.uid()));
        // It reads its request in the daemon's segment; the other slots' segments it does not.
        assertEquals(ingest.own(), slot.gid());
        assertFalse(slot.groups().contains(slot.own()));
        String script = Objects.requireNonNull(children.get("ingest@1")).argv().get(2);
        assertTrue(script.contains(" --reuid=\"$COPPICE_UID\" --regid=" + ingest.own() + " "), script);
    }

    @Test
    void shouldStartEveryProgramOfAChildAsItsUser() {
        Map<String, ChildPlan> children = children(USER + TWO);
        ChildPlan web = Objects.requireNonNull(children.get("web"));
        int uid = identity(children, "web").uid();
        ProbeCheck.Exec probe = (ProbeCheck.Exec)
                Objects.requireNonNull(web.probes().readiness()).check();

        for (List<String> argv :
                List.of(web.argv(), probe.argv(), web.shutdown().command())) {
            assertEquals(4, StartPrefix.lengthIn(argv), argv::toString);
            String script = argv.get(2);
            assertTrue(script.startsWith("unset PWD OLDPWD; exec /"), script);
            assertTrue(
                    script.endsWith("setpriv --reuid=" + uid + " --regid=" + uid
                            + " --clear-groups --no-new-privs --inh-caps=-all \"$@\""),
                    script);
        }
        assertEquals(List.of("sleep", "60"), StartPrefix.without(web.argv()));
        assertEquals("/", web.environment().get("HOME"));
    }

    @Test
    void shouldSetLimitsBeforeTheUser() {
        String script = Objects.requireNonNull(
                        children(USER + "daemons: {it: {command: [sleep, \"60\"], umask: 027, nice: -1}}")
                                .get("it"))
                .argv()
                .get(2);
        assertTrue(
                script.matches(
                        "unset PWD OLDPWD; \\{ echo -1 >/proc/self/autogroup; } 2>/dev/null; umask 027 && exec \\S*/nice -n -1 \\S*/setpriv --reuid=\\d+ .*"),
                script);
    }

    @Test
    void shouldRunAsRootOnlyWhatSaysSo() {
        ChildPlan admin = Objects.requireNonNull(children(USER + TWO).get("admin"));
        assertNull(admin.identity());
        assertTrue(admin.argv().get(2).contains("--reuid=0 "), admin.argv().get(2));
        shop.assertErrors(
                USER + Workshop.daemonWith("user: root"),
                "6:11: daemons.it.user: `it` has a `main`, and nothing can be kept from user 0, expected another user, or no `user`");
    }

    @Test
    void shouldTakeTheUserThatIsDeclaredAndStillGiveTheSegmentAGroupOfItsOwn() {
        Identity it = identity(children(USER + Workshop.daemonWith("user: 54321:54322")), "it");
        assertEquals(54321, it.uid());
        assertEquals(54322, it.gid());
        assertTrue(it.own() >= 300_000);
        assertEquals(List.of(it.own()), it.groups());
    }

    @Test
    void shouldTakeNobodysWordForADeath() {
        shop.assertErrors(
                USER + Workshop.daemonWith("standby: 1\n    fence: word"),
                "7:12: daemons.it.fence: a death word, which the worker itself could write, with `isolation: user`, expected `fence: lock`: an isolated worker's death is the kernel's word alone");
    }

    @Test
    void shouldRefuseTwoWorkersOfOneUser() {
        shop.assertErrors(
                USER + "defaults: {user: \"54321:54322\"}\n" + Workshop.daemonWith("replicas: 2"),
                "2:18: defaults.user: `it.2` and `it.1` would both be user 54321, who can do to itself whatever it likes, expected a `user` that nothing else has, or none: then each is given one");
    }

    @Test
    void shouldRefuseAWorkerAndACommandOfOneUserAndWarnOfTwoCommands() {
        String command = "  web: {command: [sleep, \"60\"], user: \"54321:54322\"}\n";
        shop.assertErrors(
                USER + Workshop.daemonWith("user: 54321:54322") + command,
                "7:39: daemons.web.user: `web` and `it` would both be user 54321, who can do to itself whatever it likes, expected a `user` that nothing else has, or none: then each is given one");
        List<String> warnings = shop.compiled(USER + "daemons:\n" + command + command.replace("web", "php"))
                .warnings();
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(
                warnings.get(0)
                        .contains(
                                "4:39: daemons.php.user: warning: `php` and `web` are both user 54321: either can do to the other whatever it likes"),
                warnings.get(0));
        assertEquals(
                List.of(),
                shop.compiled(USER + Workshop.commandWith("replicas: 2", "user: 54321:54322"))
                        .warnings());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "300010:54321 | user 300010 is of the range 300000-300999, from which workers are given theirs",
                "54321:300010 | group 300010 is of the range 300000-300999, from which workers are given theirs",
                "400001:54321 | user 400001 has been given to rates of /run/coppice/one (FOLDER/../machine/var/lib/coppice/ids)",
                "54321:400000 | group 400000 has been given to the readers of the root's record of /run/coppice/one (FOLDER/../machine/var/lib/coppice/ids)",
                "54321:0 | group 0 is the root's own",
            })
    void shouldRefuseAUserOrGroupThatIsAnothers(String user, String expected) throws IOException {
        shop.system("/var/lib/coppice/ids", "400000 1 - /run/coppice/one\n400001 2 rates /run/coppice/one\n");
        String register = shop.machine.resolve("var/lib/coppice/ids").toString();
        for (String yaml : List.of(Workshop.daemonWith("user: " + user), Workshop.commandWith("user: " + user))) {
            List<String> errors = shop.errors(USER + yaml);
            assertEquals(1, errors.size(), errors::toString);
            assertTrue(errors.get(0).contains("daemons.it.user: `it`: "), errors.get(0));
            assertTrue(
                    errors.get(0)
                            .contains(expected.replace("FOLDER/../machine/var/lib/coppice/ids", register)
                                    + ", expected one that is nobody else's; without `user` each is given one"),
                    errors.get(0));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "54321:64801 | group: \"64801\" | may look, as a member of group 64801",
                "54321:54322 | group: \"64801\", change: [\"54321\"] | may have something changed, as user 54321",
                "54321:54322 | group: \"64801\", change: [\"%54322\"] | may have something changed, as a member of group 54322",
            })
    void shouldRefuseAWorkerThatMayAskTheRoot(String user, String control, String expected) throws Exception {
        assumeTrue(AccessList.isKept(shop.folder), "the file system keeps no access control lists");
        String head = USER + "control: {" + control + "}\n";
        List<String> errors = shop.errors(head + Workshop.daemonWith("user: " + user));
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(
                errors.get(0)
                        .contains("daemons.it.user: by `control` `it` " + expected
                                + ", expected a user whom `control` does not name, or no `user`"),
                errors.get(0));
        // A command may be what asks: that is told, and no more.
        List<String> warnings =
                shop.compiled(head + Workshop.commandWith("user: " + user)).warnings();
        assertTrue(
                warnings.stream().anyMatch(warning -> warning.contains("warning: by `control` `it` " + expected)),
                warnings::toString);
    }

    @Test
    void shouldKnowWhoHadWhichUserAndKeepNumbersOfOthersAlone() throws IOException {
        Plan first = shop.compiled(USER + "instance: one\n" + TWO).plan();
        IdRegister.record(first, shop.surroundings());
        Plan other = shop.compiled(USER + "instance: two\n" + TWO).plan();
        IdRegister.record(other, shop.surroundings());

        // Another daemon before the others, and one more: nobody's number changes.
        Map<String, ChildPlan> later = children(USER + "instance: one\n"
                + TWO.replace(
                        "daemons:\n", "daemons:\n  first: {main: com.example.Rates, classpath: [lib/shop.jar]}\n"));
        for (ChildPlan child : first.children()) {
            if (child.identity() != null) {
                assertEquals(
                        child.identity().own(), identity(later, child.name()).own(), child.name());
                assertTrue(
                        other.children().stream()
                                .noneMatch(foreign -> foreign.identity() != null
                                        && foreign.identity()
                                                .hasUid(child.identity().uid())),
                        child.name());
            }
        }
    }

    @Test
    void shouldNotRecordWhatAnotherProcessHasTakenMeanwhile() throws IOException {
        Plan one = shop.compiled(USER + "instance: one\n" + TWO).plan();
        Plan two = shop.compiled(USER + "instance: two\n" + TWO).plan();
        IdRegister.record(one, shop.surroundings());
        for (Executable each : List.<Executable>of(
                () -> IdRegister.requireRecordable(two, shop.surroundings()),
                () -> IdRegister.record(two, shop.surroundings()))) {
            IOException e = assertThrows(IOException.class, each);
            assertTrue(String.valueOf(e.getMessage()).contains("do it once more"), e.getMessage());
        }
        IdRegister.requireRecordable(one, shop.surroundings());
        IdRegister.record(shop.compiled(USER + "instance: two\n" + TWO).plan(), shop.surroundings());
    }

    @Test
    void shouldTakeTheRangeThatTheMachineHasSetAside() throws IOException {
        shop.system("/etc/subuid", "ada:100000:65536\ncoppice:400000:65536\n");
        shop.assertErrors(
                "isolation: user\n" + TWO,
                "1:12: isolation: this machine has set no users aside for workers, expected "
                        + SubordinateIds.advice());
        shop.system("/etc/subgid", "coppice:400010:65536\n");
        assertEquals(400_010, shop.compiled("isolation: user\n" + TWO).plan().readers());
    }

    @Test
    void shouldSayWhenTheRangeIsUsedUp() {
        shop.assertErrors(
                "isolation: {mode: user, ids: 300000-300002}\n" + TWO,
                "1:19: isolation.mode: the range of users 300000-300002 is used up, at ingest@transactions, expected a larger one; or remove the lines of instances of which nothing is left from "
                        + shop.machine.resolve("var/lib/coppice/ids"));
    }

    @Test
    void shouldSayOnceWhenThereIsNotEvenAGroupForReaders() throws IOException {
        shop.system("/var/lib/coppice/ids", "300000 2 web /run/coppice/one\n");
        shop.assertErrors(
                "isolation: {mode: user, ids: 300000-300001}\n" + TWO,
                "1:19: isolation.mode: the range of users 300000-300001 is used up, expected a larger one; or remove the lines of instances of which nothing is left from "
                        + shop.machine.resolve("var/lib/coppice/ids"));
    }

    @Test
    void shouldRefuseADamagedRegister() throws IOException {
        shop.system("/var/lib/coppice/ids", "300000 1 - /run/coppice/one\n300000 x web /run/coppice/one\n");
        List<String> errors = shop.errors(USER + TWO);
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.get(0).contains("/ids:2: `300000 x web /run/coppice/one` is no entry"), errors.get(0));
    }

    @Test
    void shouldNeedRoot() throws IOException {
        shop.system("/proc/self/status", "Name:\tjava\nCapEff:\t00000000000000a0\n");
        shop.assertErrors(
                USER + TWO.replace("user: root", "nice: 1"),
                "1:19: isolation.mode: users of their own for workers need root, and this root has no CAP_CHOWN, CAP_DAC_OVERRIDE,"
                        + " CAP_FOWNER, CAP_SETGID, CAP_SYS_PTRACE (CapabilityBoundingSet= of its unit), expected a root that may change users, or `isolation: mapping`;"
                        + " under a unit: `coppice install` again, or isolation-user.conf as a drop-in");
        shop.uid = 1234;
        assertTrue(shop.errors(USER + TWO).toString().contains("and this is user 1234"));
    }

    @Test
    void shouldSayThatNobodyIsLetOutByTheKeyOfTheSandbox() {
        shop.assertErrors(
                USER + Workshop.daemonWith("isolation: mapping"),
                "6:16: daemons.it.isolation: lets nobody out of `isolation: user`, expected `user: root` for who is to be the root's user");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "vm | 1:12: isolation: `vm`, expected `mapping`, `user` or `sandbox`",
                "[user] | 1:12: isolation: a list, expected `mapping`, `user` or `sandbox`",
                "{ids: 300000-300001} | 1:12: isolation: no `mode`, expected `mapping`, `user` or `sandbox`",
                "{mode: mapping, ids: 300000-300001} | 1:33: isolation.ids: `ids` with `mode: mapping`, expected it only with `mode: user`",
                "{mode: user, ids: 300000} | 1:30: isolation.ids: `300000`, expected FIRST-LAST, both from 60000 to 2000000000, such as `200000-265535`",
                "{mode: user, ids: 1000-1999} | 1:30: isolation.ids: `1000-1999`, expected FIRST-LAST, both from 60000 to 2000000000, such as `200000-265535`",
                "{mode: user, ids: 300001-300000} | 1:30: isolation.ids: `300001-300000`, expected FIRST-LAST, both from 60000 to 2000000000, such as `200000-265535`",
                "{mode: user, id: 300000-300999} | 1:25: isolation.id: unknown key, expected a key of `isolation`; did you mean `ids`?",
            })
    void shouldSayWhatIsWrongAndWhere(String value, String expected) {
        shop.assertErrors("isolation: " + value + "\n" + TWO.replace("user: root", "nice: 1"), expected);
    }

    @Test
    void shouldOpenTheRootsSegmentToWhoMayAskAsWellWhereTheFileSystemCan() throws Exception {
        String manifest = USER + "control: {group: \"64801\"}\n" + TWO;
        shop.environment.put("COPPICE_HOME_DIR", "/proc/none");
        List<String> errors = shop.errors(manifest);
        assertTrue(
                errors.contains(
                        "shop.yaml:2:18: control.group: `control.group` with `isolation: user`, and the file system of /proc keeps no"
                                + " access control lists, expected one that does, for this group and workers are to read the root's"
                                + " segment; put the instance elsewhere (COPPICE_HOME_DIR)"),
                errors::toString);
        assumeTrue(AccessList.isKept(shop.folder), "the file system keeps no access control lists");
        shop.environment.put("COPPICE_HOME_DIR", shop.base.toString());
        Plan plan = shop.compiled(manifest).plan();
        assertEquals(64_801, plan.access().group());
        // Workers are no members of it: they could ask.
        assertTrue(plan.children().stream()
                .allMatch(child ->
                        child.identity() == null || !child.identity().groups().contains(64_801)));
    }

    @Test
    void shouldKeepTheRegisterForItself() throws IOException {
        IdRegister.record(shop.compiled(USER + TWO).plan(), shop.surroundings());
        Path register = shop.machine.resolve("var/lib/coppice/ids");
        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(register)));
        assertTrue(
                Files.readString(register).contains(" 41 ingest@transactions " + shop.base.resolve("shop") + "\n"),
                Files.readString(register));
    }
}
