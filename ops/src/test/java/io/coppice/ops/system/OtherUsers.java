package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What tests of workers that are users of their own need of the machine, and how they get at users that nobody else has. */
final class OtherUsers {
    static final int COUNT = 10_000;

    /**
     * Far from what a machine sets aside for anybody, and of this process of tests alone: a root kills all that is left of a user before it gives that
     * user to another process.
     */
    private static final int FIRST = 1_000_000 + (int) (ProcessHandle.current().pid() % 100_000) * COUNT;

    /** Of a manifest. */
    static final String ISOLATION = "isolation: {mode: user, ids: " + FIRST + "-" + (FIRST + COUNT - 1) + "}\n";

    private OtherUsers() {}

    /** Skips the test where there can be none. */
    static void assume() throws IOException, InterruptedException {
        assumeTrue(
                (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "only root can give workers users of their own");
        for (String file : List.of(Coppice.launcher(), System.getProperty("java.home") + "/bin/java")) {
            assumeTrue(
                    new ProcessBuilder(
                                            "setpriv",
                                            "--reuid=" + FIRST,
                                            "--regid=" + FIRST,
                                            "--clear-groups",
                                            "test",
                                            "-r",
                                            file)
                                    .inheritIO()
                                    .start()
                                    .waitFor()
                            == 0,
                    "other users than root cannot read " + file);
        }
    }

    /** Lets them pass through a test's directory, and gives the machine's register of who has which number another place. */
    static List<String> let(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        return List.of("env", "STATE_DIRECTORY=" + Files.createDirectories(directory.resolve("state")));
    }

    /**
     * The same for a command that leaves it to the machine which users are free: it sees other registers of them than everybody else, in
     * a mount namespace of its own.
     */
    static List<String> setAside(Path directory) throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(Path.of("/etc/subuid")) && Files.exists(Path.of("/etc/subgid")),
                "no /etc/subuid and /etc/subgid to be seen as another");
        Path range = Files.writeString(directory.resolve("range"), "coppice:" + FIRST + ":" + COUNT + "\n");
        String script =
                "for f in /etc/subuid /etc/subgid; do mount --bind '" + range + "' $f || exit 99; done; exec \"$@\"";
        List<String> apart = List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh");
        Process probe =
                new ProcessBuilder(plus(apart, List.of("true"))).inheritIO().start();
        assumeTrue(probe.waitFor() == 0, "no mount namespace can be made here");
        return plus(apart, let(directory));
    }

    private static List<String> plus(List<String> first, List<String> second) {
        return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
    }

    /**
     * Lets them pass through a test's directory, and read its {@code daemons.jar}.
     *
     * @return what comes before a command of ours: these variables, beside that of the register
     */
    static List<String> letWithJar(Coppice coppice, String... variables) throws IOException, InterruptedException {
        assume();
        mode(Files.copy(DaemonJar.path(), coppice.directory.resolve("daemons.jar")), "rw-r--r--");
        return plus(let(coppice.directory), List.of(variables));
    }

    static boolean isOne(int user) {
        return user >= FIRST && user < FIRST + COUNT;
    }

    static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    static int uidOf(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    static int gidOf(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }

    static int uidOf(long pid) throws IOException {
        return uidOf(Path.of("/proc/" + pid));
    }

    /** Whether a command succeeds when it is run as the user of a process, with its groups. */
    static boolean can(long pid, String... command) throws Exception {
        String status = Files.readString(Path.of("/proc/" + pid + "/status"));
        String gid = status.replaceAll("(?s).*\nGid:\t(\\d+).*", "$1");
        String groups = status.replaceAll("(?s).*\nGroups:\t([0-9 ]*)\n.*", "$1")
                .strip()
                .replace(' ', ',');
        Process process = new ProcessBuilder(plus(
                        List.of("setpriv", "--reuid=" + uidOf(pid), "--regid=" + gid, "--groups=" + groups),
                        List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> String.join(" ", command));
        return process.exitValue() == 0;
    }

    static boolean canRead(long pid, Path file) throws Exception {
        return can(pid, "head", "-c1", file.toString());
    }
}
