package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ControlAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The key {@code control}, on a machine whose users and groups a script tells. */
class ManifestControlTest {
    private static final String DAEMONS = "\ndaemons: {it: {command: [sleep, \"1\"]}}\n";

    /** alice is in ops, bob is not. */
    private static final String GETENT = """
            #!/bin/sh
            case "$1 $2" in
              'group ops' | 'group 1001') echo 'ops:x:1001:alice' ;;
              'group deploy') echo 'deploy:x:27:alice,bob' ;;
              'group ') printf 'ops:x:1001:alice\\ndeploy:x:27:alice,bob\\n' ;;
              'passwd alice' | 'passwd 1000') echo 'alice:x:1000:1000:A:/home/alice:/bin/sh' ;;
              'passwd bob') echo 'bob:x:1002:1002:B:/home/bob:/bin/sh' ;;
              'passwd ') printf 'alice:x:1000:1000:A:/h:/s\\nbob:x:1002:1002:B:/h:/s\\n' ;;
              'initgroups alice') echo 'alice                 1001 27' ;;
              'initgroups bob') echo 'bob                   27' ;;
              *) exit 2 ;;
            esac
            """;

    private Workshop shop;
    private Path tools;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
        tools = Files.createDirectories(temporary.resolve("tools"));
        Files.writeString(tools.resolve("getent"), GETENT);
        assertTrue(tools.resolve("getent").toFile().setExecutable(true));
        shop.environment.put("PATH", tools + ":" + shop.environment.get("PATH"));
    }

    private ControlAccess access(String line) {
        return shop.compiled(line + DAEMONS).plan().access();
    }

    @Test
    void shouldMakeNumbersOfNames() {
        assertEquals(ControlAccess.OWN_USER, access("x-nothing: here"));
        assertEquals(new ControlAccess(1001, List.of(), List.of()), access("control: {group: ops}"));
        assertEquals(new ControlAccess(1001, List.of(), List.of()), access("control: {group: 1001, change: []}"));
        assertEquals(
                new ControlAccess(64_802, List.of(1000L, 64_811L), List.of(27L, 1001L)),
                access("control: {group: 64802, change: [64811, \"%ops\", alice, \"%deploy\"]}"));
    }

    @Test
    void shouldShowInTheReportWhoMayDoWhat() {
        assertTrue(report("control: {group: ops, change: [alice, \"%deploy\", 64811]}")
                .contains("control    members of ops (1001) may look; alice (1000), members of deploy (27), 64811 may"
                        + " have something changed, beside "));
        assertTrue(report("control: {group: 1001}").contains("members of 1001 may look; nobody else may have"));
        assertTrue(report("x-nothing: here").contains("may ask the root (the key `control` lets others)\n"));
    }

    private String report(String line) {
        return CheckReport.of(Path.of("shop.yaml"), shop.compiled(line + DAEMONS));
    }

    @Test
    void shouldWarnOfWhoMayChangeAndCannotConnect() {
        List<String> warnings =
                shop.compiled("control: {group: ops, change: [alice, bob]}" + DAEMONS).warnings().stream()
                        .filter(warning -> !warning.contains("lets only its owner pass"))
                        .map(warning -> warning.substring(warning.indexOf("shop.yaml")))
                        .toList();
        assertEquals(
                List.of(
                        "shop.yaml:1:39: control.change[1]: warning: `bob` is not in the group `ops`, so it cannot connect,"
                                + " and this gives it nothing (`usermod -aG ops bob` makes it a member)"),
                warnings);
    }

    @Test
    void shouldWarnOfAWayThatIsClosed() throws IOException {
        Path closed = Files.createDirectories(shop.base.resolveSibling("closed"));
        assertTrue(
                closed.toFile().setExecutable(false, false) && closed.toFile().setExecutable(true, true));
        shop.environment.put("COPPICE_HOME_DIR", closed.resolve("instances").toString());
        List<String> warnings = shop.compiled("control: {group: ops}" + DAEMONS).warnings();
        assertTrue(
                warnings.stream()
                        .anyMatch(warning -> warning.contains("control.group: warning: members of `ops` cannot get to ")
                                && warning.contains(
                                        ": " + closed + " lets only its owner pass (`chmod o+x " + closed + "`")),
                warnings::toString);
    }

    @Test
    void shouldTakeNoGroupThatTheUserIsNotIn() throws IOException {
        shop.uid = 1000;
        shop.system("/proc/self/status", "Name:\tx\nGid:\t1000\t1000\t1000\t1000\nGroups:\t27 1001 \n");
        assertEquals(1001, access("control: {group: ops}").group());
        shop.assertErrors(
                "control: {group: 1002}" + DAEMONS,
                "1:18: control.group: `1002` is no group of user 1000, whom this is, expected a group that it is in:"
                        + " without CAP_CHOWN a user gives its files to no other");
        shop.uid = 0;
        shop.assertErrors(
                "control: {group: 1002}" + DAEMONS,
                "1:18: control.group: `1002` is no group of user 0, whom this is, expected a group that it is in:"
                        + " without CAP_CHOWN a user gives its files to no other; as a service, write"
                        + " `SupplementaryGroups=1002` and `SystemCallFilter=@chown` into a drop-in of its unit");
        shop.system("/proc/self/status", "Name:\tx\nGroups:\t0 \nCapEff:\t00000000000000c1\n");
        assertEquals(1002, access("control: {group: 1002}").group());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "control: ops | 1:10: control: `ops`, expected a mapping of group, change; did you mean `{group: ops}`?",
                "control: {groups: ops} | 1:11: control.groups: unknown key, expected a key of `control`; did you mean `group`?",
                "control: {group: osp} | 1:18: control.group: no group is called `osp`, expected a group of this machine; did you mean `ops`?",
                "control: {change: [alice]} | 1:19: control.change: `change` without `group`, expected both; who may have something changed has to be able to connect: name a group that they are all in",
                "control: {group: ops, change: alice} | 1:31: control.change: `alice`, expected a list of users, and of groups with % before them, such as [alice, \"%deploy\"]; did you mean `[alice]`?",
                "control: {group: ops, change: [alcie]} | 1:32: control.change[0]: no user is called `alcie`, expected a user of this machine, or a group with % before it; did you mean `alice`?",
                "control: {group: ops, change: [deploy]} | 1:32: control.change[0]: no user is called `deploy`, expected a user of this machine, or a group with % before it; did you mean `\"%deploy\"`?",
                "control: {group: ops, change: [\"@deploy\"]} | 1:32: control.change[0]: `@deploy`, expected a user, or a group with % before it; did you mean `\"%deploy\"`?",
                "control: {group: ops, change: [\"%dploy\"]} | 1:32: control.change[0]: no group is called `dploy`, expected a group of this machine; did you mean `deploy`?",
                "control: {group: ops, change: [alice, 1000]} | 1:39: control.change[1]: `1000` is the same user as `alice` before it, expected each once",
                "control: {group: ops, change: [4294967295]} | 1:32: control.change[0]: no user is called `4294967295`, expected a user of this machine, or a group with % before it",
                "control: {group: ops, change: [%deploy]} | 1:32: not YAML: while scanning for the next token found character '%' that cannot start any token. (Do not use % for indentation); write what begins with it in quotes",
            })
    void shouldSayWhatIsWrongAndWhere(String line, String error) {
        shop.assertErrors(line.strip() + DAEMONS, error);
    }

    @Test
    void shouldRefuseMoreThanAPlanHolds() {
        StringBuilder many = new StringBuilder("control: {group: ops, change: [1");
        for (int i = 2; i <= 65; i++) {
            many.append(", ").append(i);
        }
        String error = shop.error(many + "]}" + DAEMONS);
        assertTrue(error.endsWith("control.change: 65 users and groups, expected at most 64"), error);
    }
}
