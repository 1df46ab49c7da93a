package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The start archives of a test. */
final class Archives {
    /** Of a root: starts an archiver soon. */
    static final String IMPATIENT = "COPPICE_ROOT_OPTIONS=-Dcoppice.archive.quiet.ms=50 " + Coppice.HASTY;

    private static final Pattern ARCHIVE = Pattern.compile("/\\S*/\\.archives/\\S+\\.(?:jsa|aot)");

    private final Coppice coppice;

    Archives(Coppice coppice) {
        this.coppice = coppice;
    }

    Path directory() {
        return coppice.home().resolve(".archives");
    }

    /** Until launches can find so many, and none is being made. */
    void await(int count) throws InterruptedException {
        Coppice.await(count + " archives and no archiver", () -> {
            try (Stream<Path> files = Files.list(directory())) {
                List<Path> all = files.toList();
                return all.stream().filter(Files::isSymbolicLink).count() == count
                        && all.stream().noneMatch(file -> file.toString().contains("/work-"));
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The archive that a daemon's next process runs from. */
    Path afterKill(String name) throws Exception {
        Coppice.Daemon before = coppice.awaitState(name, "ready");
        Coppice.kill(before.number("pid"));
        return of(coppice.await(
                        name,
                        daemon -> daemon.state().equals("ready")
                                && daemon.number("incarnation") > before.number("incarnation"))
                .number("pid"));
    }

    static Path of(long pid) throws IOException {
        Matcher archive = ARCHIVE.matcher(Files.readString(Path.of("/proc/" + pid + "/maps")));
        assertTrue(archive.find(), "process " + pid + " does not run from an archive");
        return Path.of(archive.group());
    }
}
