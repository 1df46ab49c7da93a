package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.Accounts;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the keys {@code umask}, {@code nice}, {@code ulimits} and {@code user} are read, and what they come to. */
class ProcessRulesTest {
    private Workshop shop;
    private Path tools;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
        tools = Files.createDirectories(temporary.resolve("tools"));
        for (String name : List.of("prlimit", "nice", "setpriv", "sleep", "getent")) {
            Path real = Programs.find(name, Programs.DEFAULT_PATH);
            assertTrue(real != null, name);
            Files.writeString(tools.resolve(name), "#!/bin/sh\nexec " + real + " \"$@\"\n");
            assertTrue(tools.resolve(name).toFile().setExecutable(true), name);
        }
        shop.environment.put("PATH", tools.toString());
    }

    private String script(ChildPlan child) {
        assertEquals(4, StartPrefix.lengthIn(child.argv()));
        return child.argv().get(2).replace(tools + "/", "");
    }

    @Test
    void shouldChainTheToolsInFrontOfADaemon() {
        ChildPlan plain = shop.child(Workshop.daemonWith());
        ChildPlan it = shop.child(Workshop.daemonWith(
                "umask: 027", "nice: 5", "ulimits: {nofile: 4096, core: {soft: 0, hard: unlimited}, memlock: 64MiB}"));
        assertEquals(
                "unset PWD OLDPWD; { echo 5 >/proc/self/autogroup; } 2>/dev/null; umask 027 && exec prlimit --core=0:unlimited --memlock=67108864:67108864"
                        + " --nofile=4096:4096 nice -n 5 \"$@\"",
                script(it));
        assertEquals(plain.argv(), StartPrefix.without(it.argv()));
    }

    @Test
    void shouldLeaveACommandLineAloneWithoutTheKeys() {
        assertEquals(List.of("sleep", "60"), shop.child(Workshop.commandWith()).argv());
    }

    @Test
    void shouldTakeDefaultsLimitByLimit() {
        ChildPlan it = shop.child("defaults: {ulimits: {nofile: 10, nproc: 20}, umask: 077}\n"
                + Workshop.commandWith("ulimits: {nofile: unlimited}"));
        assertEquals(
                "unset PWD OLDPWD; umask 077 && exec prlimit --nofile=unlimited:unlimited --nproc=20:20 \"$@\"",
                script(it));
    }

    @Test
    void shouldShowInTheReportHowACommandIsStarted() {
        ManifestResult.Compiled compiled = shop.compiled(Workshop.commandWith("nice: 7"));
        String report = CheckReport.of(Path.of("shop.yaml"), compiled);
        assertTrue(report.contains("command sleep 60"), report);
        assertTrue(report.contains("nice -n 7`"), report);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {"umask: 077", "nice: 1", "ulimits: {nofile: 100}", "ulimits: {nofile: {soft: 1, hard: 2}}"})
    void shouldCountAsAnotherLaunch(String line) {
        assertNotEquals(
                shop.child(Workshop.commandWith()).launch(),
                shop.child(Workshop.commandWith(line)).launch());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "umask: 99 | 4:12: daemons.it.umask: `99`, expected an octal file mode mask such as `077`",
                "umask: u=rwx | 4:12: daemons.it.umask: `u=rwx`, expected an octal file mode mask such as `077`",
                "nice: 20 | 4:11: daemons.it.nice: `20`, expected a whole number from -20 to 19",
                "nice: [1] | 4:11: daemons.it.nice: a list, expected a whole number from -20 to 19",
                "ulimits: 5 | 4:14: daemons.it.ulimits: `5`, expected a mapping of as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack; did you mean `{cpu: 5}`?",
                "ulimits: {nofiles: 5} | 4:15: daemons.it.ulimits.nofiles: unknown key, expected a key of `ulimits`; did you mean `nofile`?",
                "ulimits: {nofile: -1} | 4:23: daemons.it.ulimits.nofile: `-1`, expected a whole number or `unlimited`, or {soft: …, hard: …}; did you mean `unlimited`?",
                "ulimits: {nofile: 1KiB} | 4:23: daemons.it.ulimits.nofile: `1KiB`, expected a whole number or `unlimited`, or {soft: …, hard: …}",
                "ulimits: {core: 100} | 4:21: daemons.it.ulimits.core: `100`, expected a size such as `64MiB` or `unlimited`, or {soft: …, hard: …}; did you mean `100B`?",
                "ulimits: {nofile: {soft: 1}} | 4:23: daemons.it.ulimits.nofile: no `hard`, expected both `soft` and `hard`",
                "ulimits: {nofile: {soft: 2, hard: 1}} | 4:23: daemons.it.ulimits.nofile: `soft` is more than `hard`, expected at most that",
                "ulimits: {nofile: {soft: 1, hard: 2, firm: 3}} | 4:42: daemons.it.ulimits.nofile.firm: unknown key, expected `soft` and `hard`",
                "user: 'a b' | 4:11: daemons.it.user: `a b`, expected `name`, `name:group`, `uid` or `uid:gid`",
                "user: '-x' | 4:11: daemons.it.user: `-x`, expected `name`, `name:group`, `uid` or `uid:gid`"
            })
    void shouldSayWhatIsWrongAndWhere(String line, String expected) {
        shop.assertErrors(Workshop.commandWith(line), expected);
    }

    @Test
    void shouldSayWhichToolIsMissing() throws IOException {
        Files.delete(tools.resolve("prlimit"));
        Files.delete(tools.resolve("nice"));
        List<String> errors = shop.errors(Workshop.commandWith("nice: 1", "ulimits: {nofile: 5}")).stream()
                .map(error -> error.replace(tools.toString(), "TOOLS"))
                .collect(Collectors.toList());
        assertEquals(
                List.of(
                        "shop.yaml:4:11: daemons.it.nice: no program `nice` on PATH (`TOOLS`), expected it, of the package coreutils",
                        "shop.yaml:5:23: daemons.it.ulimits.nofile: no program `prlimit` on PATH (`TOOLS`), expected it, of the package util-linux"),
                errors);
    }

    @Test
    void shouldGiveADaemonsSegmentToNoOtherUser() {
        String expected =
                "daemons.it.user: `it` has a `main`, and its segment belongs to the root's user, expected `user` for"
                        + " plain commands only, or `isolation: user`; write it below each `command`";
        shop.assertErrors(Workshop.daemonWith("user: nobody"), "5:11: " + expected);
        shop.assertErrors(
                "defaults: {user: nobody}\n" + Workshop.daemonWith(),
                "1:18: " + expected.replace("daemons.it", "defaults"));
    }

    @Test
    void shouldNeedRootForAnotherUser() {
        shop.uid = 1234;
        shop.assertErrors(
                Workshop.commandWith("user: nobody"),
                "4:11: daemons.it.user: another user needs root, and this is user 1234, expected a root that may change users");
        shop.assertErrors(
                Workshop.commandWith("nice: -1"),
                "4:11: daemons.it.nice: `-1` needs root, and this is another user, expected a number from 0 to 19");
    }

    /** Whoever runs the test: one that may do all. */
    private void beRoot() throws IOException {
        shop.uid = 0;
        shop.system("/proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\n");
    }

    @Test
    void shouldChangeTheUserLastAndSayItsHome() throws IOException {
        beRoot();
        ChildPlan it = shop.child(Workshop.commandWith("user: nobody", "nice: -1", "environment: {USER: ada}"));
        Accounts.User nobody = new Accounts(tools.resolve("getent")).user("nobody");
        assertTrue(nobody != null);
        assertEquals(
                "unset PWD OLDPWD; { echo -1 >/proc/self/autogroup; } 2>/dev/null; exec nice -n -1 setpriv --reuid="
                        + nobody.uid() + " --regid=" + nobody.gid() + " --init-groups \"$@\"",
                script(it));
        assertEquals(nobody.home(), it.environment().get("HOME"));
        assertEquals("ada", it.environment().get("USER"));
        assertEquals("nobody", it.environment().get("LOGNAME"));
        assertEquals(
                "unset PWD OLDPWD; exec setpriv --reuid=54321 --regid=54322 --clear-groups \"$@\"",
                script(shop.child(Workshop.commandWith("user: 54321:54322"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "nobody-here | no user is called `nobody-here`, expected a user of this machine",
                "nobody:nobodies-here | no group is called `nobodies-here`, expected a group of this machine",
                "54321 | no user has the number 54321, so its group is not known, expected `uid:gid`"
            })
    void shouldTellWhoDoesNotExist(String user, String expected) throws IOException {
        beRoot();
        shop.assertErrors(Workshop.commandWith("user: " + user), "4:11: daemons.it.user: " + expected);
    }

    @Test
    void shouldTellWhatARootOfAUnitMayNotDo() throws IOException {
        shop.uid = 0;
        shop.system("/proc/self/status", "Name:\tjava\nCapEff:\t00000000000004a0\n");
        shop.assertErrors(
                Workshop.commandWith("user: nobody"),
                "4:11: daemons.it.user: another user needs root, and this root has no CAP_SETGID, CAP_SYS_PTRACE"
                        + " (CapabilityBoundingSet= of its unit), expected a root that may change users");
    }
}
