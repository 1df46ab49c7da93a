package io.coppice.ops.hosted;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
        requireNotDone();
        return start(List.of("--fresh"));
    }

    /**
     * Starts a root that takes over what one that is dead has left running, unless the cleaning has begun.
     *
     * @throws HostedFailedException if it has
     */
    public synchronized RootProcess startNextRoot() throws IOException, HostedFailedException {
        requireNotDone();
        // Until the next one has taken over, the children are on the dead one's record only.
        Files.move(folder.rootRecord(), folder.formerRootRecord(), StandardCopyOption.REPLACE_EXISTING);
        return start(List.of());
    }

    private RootProcess start(List<String> options) throws IOException {
        return RootProcess.start(launcher, folder, instance.name(), options, processes);
    }

    private void requireNotDone() throws HostedFailedException {
        if (done) {
            throw new HostedFailedException("interrupted");
        }
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
            List<RootRecord> roots = new ArrayList<>();
            RootRecord.read(folder.rootRecord()).ifPresent(roots::add);
            RootRecord.read(folder.formerRootRecord()).ifPresent(roots::add);
            roots.forEach(this::end);
            boolean ours = roots.stream().anyMatch(this::isOf);
            if (ours && artefactsWanted) {
                folder.keepArtefacts(instance.logDirectory(), bulky);
            }
            String complaint = ours ? purge(roots) : "";
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
            List<Victim> workers =
                    watch.children().stream().flatMap(this::processesOf).toList();
            workers.forEach(worker -> worker.kill(processes));
            workers.forEach(worker -> worker.handle().onExit().join());
        }
    }

    private Stream<Victim> processesOf(ChildInfo child) {
        return Stream.concat(
                Victim.of(child, processes).stream(),
                child.standbys().stream().flatMap(standby -> Victim.of(standby, processes).stream()));
    }

    /** Whether the instance was that root's last; else what is in its directory is another's. */
    private boolean isOf(RootRecord root) {
        try (RootWatch watch = new RootWatch(instance, root.pid())) {
            return watch.rootSeen();
        }
    }

    /** @return a complaint, or "" if nothing of those roots is left: it is removed, or another root has the instance now */
    private String purge(List<RootRecord> roots) throws IOException {
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
        return exitCode == 0 || roots.stream().noneMatch(this::isOf)
                ? ""
                : "Could not purge instance " + instance.name() + ": " + said;
    }
}
