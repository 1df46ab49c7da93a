package io.coppice.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.systemd.daemons.Beats;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A real systemd, which {@code box} boots in namespaces of its own, and a script of checks in there, a line each. Needs root, systemd and dbus. */
final class SystemdBox {
    private static final Path SCRIPTS = Path.of("src/test/systemd").toAbsolutePath();
    private static final long WATCHDOG_SECONDS = 700;
    private static final String NEEDS = "the service under a real systemd needs ";

    private final Path directory;

    /** @param directory of one test */
    SystemdBox(Path directory) {
        this.directory = directory;
    }

    /** Not every container may make namespaces, mount an overlay in them, and have cgroups of its own. */
    private boolean boots() throws IOException, InterruptedException {
        Path out = directory.resolve("boot.txt");
        Process box = new ProcessBuilder(SCRIPTS.resolve("box").toString(), "true")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean boots = box.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS) && box.exitValue() == 0;
        if (!boots) {
            System.out.println(Files.readString(out));
        }
        return boots;
    }

    /** With the daemon of these tests. */
    Path jar() throws IOException {
        Path jar = directory.resolve("beats.jar");
        String entry = Beats.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry(entry));
            Files.copy(Path.of("target/test-classes").resolve(entry), entries);
            entries.closeEntry();
        }
        return jar;
    }

    /** Skips the test where there can be none. */
    void assume() throws Exception {
        assumeTrue((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, NEEDS + "root");
        assumeTrue(
                Files.isExecutable(Path.of("/lib/systemd/systemd")),
                NEEDS + "systemd (Debian: apt-get install systemd)");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dbus-daemon")), NEEDS + "dbus (Debian: apt-get install dbus)");
        assumeTrue(boots(), NEEDS + "the right to boot it in namespaces of its own");
    }

    /** What a script says that succeeds in the box; the checkout and the JDK are its first arguments. */
    String saidBy(Map<String, String> environment, String script, String... arguments) throws Exception {
        Path out = directory.resolve("out.txt");
        List<String> command = new ArrayList<>(List.of(
                SCRIPTS.resolve("box").toString(),
                SCRIPTS.resolve(script).toString(),
                Path.of("..").toRealPath().toString(),
                System.getProperty("java.home")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("BOX_TIMEOUT", Long.toString(WATCHDOG_SECONDS - 60));
        builder.environment().putAll(environment);
        Process box = builder.start();
        boolean ended = box.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        String said = Files.readString(out);
        System.out.println(said);
        assertTrue(ended, said);
        assertEquals(0, box.exitValue(), said);
        return said;
    }
}
