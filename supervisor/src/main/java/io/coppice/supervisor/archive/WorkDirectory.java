package io.coppice.supervisor.archive;

import io.coppice.supervisor.plan.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an archive is made: {@code work-…} in the directory of archives, in which only this process's user writes. What is run there as
 * another user, or in a sandbox, writes into {@code made} below it and nowhere else, and nothing of that is trusted: what becomes an archive is a copy,
 * of what that itself could read, so that no link leads to another's file and nobody holds the copy open for writing.
 *
 * <p>Blocks. One thread.
 */
final class WorkDirectory {
    private static final String MADE = "made";
    private static final String TAKEN = "taken";
    private static final String OUTPUT = "output";
    private static final Pattern USERS = Pattern.compile("(?m)^State:\\s*(\\S).*(?s:.*?)^Uid:\\s*(\\d+)\\s+(\\d+)\\s");
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long TOOL_MS = 60_000;
    private static final long POLL_MS = 10;

    /** Kills all that the user may, but itself; there may be nothing. */
    private static final List<String> KILL_ALL = List.of("/bin/sh", "-c", "kill -KILL -1 2>/dev/null; exit 0");

    private final Path path;
    private final Maker maker;
    private final Restricted restricted;

    private WorkDirectory(Path path, Maker maker, Restricted restricted) {
        this.path = path;
        this.maker = maker;
        this.restricted = restricted;
    }

    /** Makes one, which is empty. */
    static WorkDirectory in(ArchiveDirectory directory, Maker maker, Restricted restricted)
            throws IOException, InterruptedException, ArchiverException {
        Path path = Files.createTempDirectory(
                directory.path(),
                "work-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        WorkDirectory work = new WorkDirectory(path, maker, restricted);
        Identity who = maker.identity();
        if (maker.isApart()) {
            Files.createDirectory(
                    work.made(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (who != null) {
            // Of a training whose archiver was killed.
            killAll(who.maker());
            Path made = work.made();
            Files.setAttribute(made, "unix:gid", who.maker(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(made, "unix:uid", who.maker(), LinkOption.NOFOLLOW_LINKS);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        }
        return work;
    }

    /** In which only this process's user writes. */
    Path path() {
        return path;
    }

    /** In which what is run writes. */
    Path made() {
        return maker.isApart() ? path.resolve(MADE) : path;
    }

    /** What is run says it here; opened for it by whoever starts it. */
    Path output() {
        return path.resolve(OUTPUT);
    }

    Path beginOutput() throws IOException {
        return emptyFile(OUTPUT);
    }

    /** A private file of this process's user, in {@link #path}. */
    private Path emptyFile(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
        return Files.createFile(
                path.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /**
     * Takes what was made, so that nobody changes it any more and those may read it who are to be started from it.
     *
     * @param made in {@link #made}
     * @param mostBytes that it may have
     * @param timeoutMs of reading it: something else may have been put in its place, of which there is no end
     * @return a file in {@link #path}
     * @throws ArchiverException if it is none, or has more
     */
    Path take(Path made, long mostBytes, long timeoutMs) throws IOException, InterruptedException, ArchiverException {
        Identity who = maker.identity();
        Path taken = maker.isApart() ? copy(made, mostBytes, timeoutMs) : made;
        if (Files.size(taken) > mostBytes) {
            throw new ArchiverException(
                    ArchiverExit.FAILED, "the archive is too large, all together may have " + mostBytes + " bytes");
        }
        if (who != null) {
            Files.setAttribute(taken, "unix:gid", Maker.readers(who), LinkOption.NOFOLLOW_LINKS);
        }
        Files.setPosixFilePermissions(taken, PosixFilePermissions.fromString(who == null ? "r--------" : "r--r-----"));
        return taken;
    }

    private Path copy(Path made, long mostBytes, long timeoutMs)
            throws IOException, InterruptedException, ArchiverException {
        Identity who = maker.identity();
        if (who != null) {
            // Nobody is to stop what reads, either.
            killAll(who.maker());
        }
        Path taken = emptyFile(TAKEN);
        Process cat = restricted.start(
                new ProcessBuilder(maker.command(List.of("cat", "--", made.toString())))
                        .redirectError(ProcessBuilder.Redirect.INHERIT),
                this);
        CompletableFuture<Process> end = cat.onExit().orTimeout(timeoutMs, TimeUnit.MILLISECONDS);
        CompletableFuture<Process> bound = end.whenComplete((ended, late) -> {
            if (late != null) {
                cat.toHandle().destroyForcibly(); // What it has written before is read; then it has failed.
            }
        });
        try (InputStream in = cat.getInputStream();
                FileChannel out = FileChannel.open(taken, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long left = mostBytes + 1;
            for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, (int) Math.min(read, left));
                left -= bytes.remaining();
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            if (left > 0 && (!cat.waitFor(TOOL_MS, TimeUnit.MILLISECONDS) || cat.exitValue() != 0)) {
                throw new ArchiverException(ArchiverExit.NOT_WRITTEN, made + " cannot be read by who made it");
            }
        } finally {
            bound.cancel(false);
            cat.destroyForcibly();
        }
        return taken;
    }

    /** Ends what was left running, and removes it with all that is in it. */
    void remove() throws IOException, InterruptedException, ArchiverException {
        remove(path);
    }

    /** The same of one that an archiver that was killed has left behind. */
    static void remove(Path work) throws IOException, InterruptedException, ArchiverException {
        Path made = work.resolve(MADE);
        boolean sandboxed = false;
        try {
            int owner = (Integer) Files.getAttribute(made, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (owner != (Integer) Files.getAttribute(work, "unix:uid", LinkOption.NOFOLLOW_LINKS)) {
                // Nobody is to put something else in the place of what is being removed.
                killAll(owner);
            } else {
                sandboxed = true;
            }
        } catch (NoSuchFileException e) {
            // Nobody else has written there.
        }
        try {
            // However deep it is; and without following a link.
            run(List.of("rm", "-rf", "--", work.toString()));
        } catch (ArchiverException e) {
            if (!sandboxed) {
                throw e;
            }
            // Who makes files in there faster than they are removed, and was started in a session of its own, keeps its
            // own archives only.
            System.err.println(work + " is left until the next archive is made: somebody goes on writing there");
        }
    }

    private static void killAll(int uid) throws IOException, InterruptedException, ArchiverException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TOOL_MS);
        do {
            run(Maker.as(uid, KILL_ALL));
            if (!isAnybody(uid)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } while (System.nanoTime() < endNs);
        throw new ArchiverException(
                ArchiverExit.FAILED, "processes of user " + uid + ", who makes archives, cannot be ended");
    }

    /** Whether any process is that user, but a dead one. */
    static boolean isAnybody(int uid) throws IOException {
        String user = String.valueOf(uid);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                Matcher users = USERS.matcher(status(process));
                if (users.find()
                        && !users.group(1).equals("Z")
                        && (users.group(2).equals(user) || users.group(3).equals(user))) {
                    return true;
                }
            }
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static String status(Path process) {
        try {
            return Files.readString(process.resolve("status"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // It is gone.
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException, ArchiverException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(TOOL_MS, TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                throw new ArchiverException(ArchiverExit.FAILED, String.join(" ", command) + " failed");
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
