package io.coppice.ops.service;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;

/**
 * Where a service is installed from and to.
 *
 * @param home the checkout
 * @param unitDirectory where the administrator's units are
 * @param javaHome of the JDK that the service is to run on: this one
 * @param hidden directories of which a service sees others by the same name (PrivateTmp=)
 * @param manager systemd
 */
record Installation(Path home, Path unitDirectory, Path javaHome, List<Path> hidden, ServiceManager manager) {
    /** Of this process: the launcher says where the checkout is. */
    static Installation ofThisProcess() {
        Path launcher = Path.of(Objects.requireNonNull(
                System.getProperty("coppice.launcher"), "coppice.launcher: run me by ./coppice"));
        Path home = Objects.requireNonNull(launcher.toAbsolutePath().getParent());
        return new Installation(
                home,
                Path.of("/etc/systemd/system"),
                Path.of(System.getProperty("java.home")),
                List.of(Path.of("/tmp"), Path.of("/var/tmp")),
                ServiceManager.ofThisMachine());
    }

    Path unit(String name) {
        return unitDirectory.resolve(name);
    }

    /** The unit's text for a manifest with that isolation. */
    String text(Path manifest, Isolation isolation) {
        String more = isolation == Isolation.USER ? shipped("isolation-user.conf") : "";
        return UnitText.of(shipped("coppice.service"), home, manifest, javaHome, more);
    }

    private String shipped(String name) {
        Path file = home.resolve("systemd/src/main/systemd").resolve(name);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot read " + file + ": " + e + "\n  `install` is for a whole checkout.");
        }
    }

    /** What a service of that manifest needs has to be where it can be named in a unit, and seen. */
    void requireUsable(Path manifest) {
        for (Path path : List.of(home, manifest, javaHome)) {
            requireSeen(path);
        }
    }

    private void requireSeen(Path path) {
        if (!UnitText.isPlain(path)) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    path
                            + " has characters that mean something in a unit file.\n  Move it to a path of letters, digits and"
                            + " ._/+@:,=- only.");
        }
        if (hidden.stream().anyMatch(path::startsWith)) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "The service would not see " + path + ": it has a /tmp and a /var/tmp of its own (PrivateTmp=)."
                            + "\n  Move it, for example to /opt/coppice.");
        }
    }

    /** Writes the unit file, whole or not at all. */
    void write(Path unit, String text) {
        requireOurs(unit);
        try {
            Path unfinished = Files.createTempFile(
                    unitDirectory,
                    ".coppice-",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
            try {
                Files.writeString(unfinished, text);
                // The umask may have taken from what was asked for.
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
                Files.move(unfinished, unit, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot write " + unit + ": " + e);
        }
    }

    void remove(Path unit) {
        requireOurs(unit);
        try {
            Files.deleteIfExists(unit);
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot remove " + unit + ": " + e);
        }
    }

    boolean isThere(Path unit) {
        return Files.exists(unit, LinkOption.NOFOLLOW_LINKS);
    }

    /** Of a file that somebody else made nothing is changed. */
    void requireOurs(Path unit) {
        if (!isThere(unit)) {
            return;
        }
        try {
            if (Files.isRegularFile(unit, LinkOption.NOFOLLOW_LINKS)
                    && Files.readString(unit).startsWith(UnitText.MARK)) {
                return;
            }
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot read " + unit + ": " + e);
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                unit
                        + " was not written by `coppice install`, and is left alone.\n  Remove it yourself, or choose another"
                        + " --name.");
    }
}
