package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.coppice.ops.system.IsolationMatrix.Column;
import io.coppice.supervisor.os.Landlock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The instance {@code shop} of tests of hostile workers: a peer that ticks, a watcher that reads it, and whoever is to be hostile. Service is: the peer lives,
 * commits, and is read by the watcher; the root answers, and its log has no exception.
 */
final class HostileShop {
    static final String READY = "ready";

    private final Coppice coppice;

    /** Whether the kernel that the root sees can. */
    private boolean keepsGroups = true;

    HostileShop(Coppice coppice) {
        this.coppice = coppice;
    }

    static boolean isUserZero() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    static void skipWhereItCannotBe(Column column) throws IOException {
        String whyNot = "";
        if (column == Column.USER && !isUserZero()) {
            whyNot = "only root can give workers users of their own";
        } else if (Landlock.abi() < column.abi) {
            whyNot = "Landlock ABI " + column.abi + " is needed; this kernel has " + Landlock.abi();
        }
        if (!whyNot.isEmpty()) {
            skip(column, whyNot);
        }
    }

    static void skip(Column column, String whyNot) {
        System.out.println("SKIPPED: " + column + ": " + whyNot);
        abort(whyNot);
    }

    /** Has it that no filter keeps processes in their group, whatever the kernel can. */
    void keepNobodyInAGroup() {
        keepsGroups = false;
    }

    /** What any user may read. */
    void prepare() throws Exception {
        Files.setPosixFilePermissions(coppice.directory, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(Files.createDirectory(told()), PosixFilePermissions.fromString("rwxr-xr-x"));
        Path library = Files.createDirectory(coppice.directory.resolve("lib"));
        lay(DaemonJar.path(), library.resolve("daemons.jar"));
        nativeCalls(library);
    }

    static void lay(Path from, Path to) throws IOException {
        Files.copy(from, to);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** What a worker needs to call the kernel itself: jars, and their native part unpacked, since no place may be left to unpack it to. */
    private static void nativeCalls(Path library) throws IOException {
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path product = Path.of(System.getProperty("coppice.worker.lib")).resolveSibling("lib");
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(product, "{jffi,jnr-ffi,jnr-a64asm,jnr-x86asm,asm}*.jar")) {
            for (Path jar : jars) {
                lay(jar, library.resolve(jar.getFileName()));
                try (JarFile file = new JarFile(jar.toFile())) {
                    String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
                    Pattern name = Pattern.compile("jni/" + machine + "-Linux/(libjffi-[0-9.]*\\.so)");
                    for (var entry : file.stream().toList()) {
                        Matcher matcher = name.matcher(entry.getName());
                        if (matcher.matches()) {
                            Path to = library.resolve(matcher.group(1));
                            Files.copy(file.getInputStream(entry), to);
                            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
                        }
                    }
                }
            }
        }
    }

    /** With the peer, who watches it, and others. */
    Coppice.Root run(Column column, String more, List<String> others, String daemons) throws Exception {
        String watched = others.stream().map(name -> ", " + name).collect(Collectors.joining());
        coppice.manifest("instance: shop\n" + column.line + more
                + """
                defaults:
                  classpath: [lib/*.jar]
                  jvm: {heap: 16MiB, options: ["-XX:TieredStopAtLevel=1", -Djffi.boot.library.path=%s]}
                  reads: []
                  heartbeat: {timeout: 60s}
                daemons:
                  peer: {main: io.coppice.ops.system.daemons.Ticker}
                  watcher: {main: io.coppice.ops.system.daemons.Watcher, reads: [peer%s], args: [peer%s]}
                """.formatted(coppice.directory.resolve("lib"), watched, watched) + daemons);
        List<String> before = new ArrayList<>(List.of("env"));
        before.add("STATE_DIRECTORY=" + Files.createDirectory(coppice.directory.resolve("state")));
        String options = (column.isSandbox() ? " -D" + Landlock.ABI_PROPERTY + "=" + column.abi : "")
                + (keepsGroups ? "" : " -Dcoppice.test.groupFilter.absent=true");
        if (!options.isEmpty()) {
            before.add("JAVA_TOOL_OPTIONS=" + options.strip());
        }
        Coppice.Root root = coppice.startRootIn(before);
        coppice.awaitRoot(root);
        coppice.awaitState("watcher", READY);
        for (String name : others) {
            coppice.awaitState(name, READY);
        }
        return root;
    }

    String vandal(String name, String way, Path segments, String more) {
        return "  %s: {main: io.coppice.ops.system.daemons.Vandal, args: [%s, %s, %s], %s}\n"
                .formatted(name, way, segments, told(), more);
    }

    /** What a root says of itself when it is surprised; how an attacker ended is none. */
    static List<String> complaints(Coppice.Root root) throws IOException {
        return root.stderr()
                .lines()
                .filter(line -> line.startsWith("\tat ") || line.contains("Exception") || line.contains("Error"))
                .filter(line -> !line.matches("\\S+ \\w+ [a-z]+(@1)?: (exited|failed) .*"))
                .toList();
    }

    Path told() {
        return coppice.directory.resolve("told");
    }

    void told(String name, String content) throws IOException {
        Path file = coppice.file("told/" + name + ".new", content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(file, told().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    long pid(String daemon) throws Exception {
        return coppice.awaitState(daemon, READY).number("pid");
    }

    String await(String daemon, String text) throws Exception {
        return coppice.awaitLog(daemon, log -> log.contains(text));
    }

    String log(String name) {
        try {
            return coppice.log(name);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** That all is as before, and goes on. */
    void assertServed(Coppice.Root root, String after) throws Exception {
        assertTrue(root.process.isAlive(), () -> "the root, after " + after);
        assertEquals("ok\n", ping(), () -> "the root's answer, after " + after);
        for (String name : List.of("peer", "watcher")) {
            long commits = coppice.daemon(name).number("commits");
            Coppice.Daemon later = coppice.await(name, row -> row.number("commits") > commits + 2);
            assertEquals(1, later.number("incarnation"), () -> name + " after " + after);
            assertEquals(READY, later.state(), () -> name + " after " + after);
        }
    }

    private String ping() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(coppice.home().resolve("shop/control.sock")));
            channel.write(ByteBuffer.wrap("coppice/1 ping\n".getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(100);
            channel.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }
}
