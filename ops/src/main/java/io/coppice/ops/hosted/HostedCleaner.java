package io.coppice.ops.hosted;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Leaves nothing behind, however the command ends: no process, no segment, no temporary file. Called by its own thread;
 * or, when it is interrupted, by its shutdown hook; or, when it is killed, by the process of {@link LastWill}. In one
 * process the first call does it, the others wait for it.
 */
public final class HostedCleaner {
    private final HostedFolder folder;
    private final InstanceDirectory instance;
    private final Path launcher;
    private final ProcFileSystem processes;
    private final List<String> bulky;
    private volatile boolean interrupted;
    private boolean done;

    /** @param bulky names of files in the folder that are not kept */
    public HostedCleaner(HostedFolder folder, HostedSettings settings, List<String> bulky) {
        this.folder = folder;
        this.instance = settings.instance();
        this.launcher = settings.launcher();
        this.processes = new ProcFileSystem(settings.proc());
        this.bulky = List.copyOf(bulky);
    }

    /** The command is to end: whatever fails from now on fails because of that. Any thread. */
    void interrupt() {
        interrupted = true;
    }

    /** Whether it is. Any thread. */
    boolean interrupted() {
        return interrupted;
    }

    /**
     * Starts the root, unless the cleaning has begun: then nothing may be started any more.
     *
     * @throws HostedFailedException if it has
     */
    public synchronized RootProcess startRoot() throws IOException, HostedFailedException {
        if (done) {
            throw new HostedFailedException("interrupted");
        }
        return RootProcess.start(launcher, folder, instance.name(), processes);
    }

    /**
     * Stops the root and removes everything.
     *
     * @return complaints, each one line; empty if all went well
     */
    public synchronized List<String> clean() {
        return clean(false);
    }

    /**
     * As {@link #clean}, but the folder stays, with the manifest and the logs; unless there never was an instance, for then
     * there is nothing in it that was not told already.
     */
    public synchronized List<String> cleanAndKeepArtefacts() {
        return clean(true);
    }

    private List<String> clean(boolean artefactsWanted) {
        if (done) {
            return List.of();
        }
        done = true;
        try {
            Optional<RootRecord> root = RootRecord.read(folder.rootRecord());
            root.ifPresent(this::end);
            boolean ours = root.isPresent() && isOf(root.get());
            if (ours && artefactsWanted) {
                folder.keepArtefacts(instance.logDirectory(), bulky);
            }
            String complaint = ours ? purge(root.get()) : "";
            if (!ours || !artefactsWanted) {
                folder.remove();
            }
            return complaint.isEmpty() ? List.of() : List.of(complaint);
        } catch (IOException | UncheckedIOException e) {
            return List.of("Could not clean up " + folder.path() + ": " + e);
        }
    }

    /**
     * Ends a root and its workers: in order, if the root lives. One that is killed leaves its workers running; the table it
     * also leaves says which processes those are.
     */
    private void end(RootRecord root) {
        root.process(processes).ifPresent(RootProcess::stop);
        try (RootWatch watch = new RootWatch(instance, root.pid())) {
            List<Victim> workers = watch.children().stream()
                    .flatMap(child -> Victim.of(child, processes).stream())
                    .toList();
            workers.forEach(worker -> worker.kill(processes));
            workers.forEach(worker -> worker.handle().onExit().join());
        }
    }

    /** Whether the instance was that root's last; else what is in its directory is another's. */
    private boolean isOf(RootRecord root) {
        try (RootWatch watch = new RootWatch(instance, root.pid())) {
            return watch.rootSeen();
        }
    }

    /** @return a complaint, or "" if nothing of that root is left: it is removed, or another root has the instance now */
    private String purge(RootRecord root) throws IOException {
        Process purge = new ProcessBuilder(
                        List.of(launcher.toString(), "purge", "--instance", instance.name(), "--yes", "--logs"))
                .redirectErrorStream(true)
                .redirectOutput(folder.purgeLog().toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        int exitCode = purge.onExit().join().exitValue();
        String said =
                Files.readString(folder.purgeLog(), StandardCharsets.UTF_8).strip();
        Files.delete(folder.purgeLog());
        return exitCode == 0 || !isOf(root) ? "" : "Could not purge instance " + instance.name() + ": " + said;
    }
}
