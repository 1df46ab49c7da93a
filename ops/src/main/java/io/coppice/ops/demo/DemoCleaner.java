package io.coppice.ops.demo;

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
 * Leaves nothing behind, however the demo ends: no process, no segment, no temporary file. Called by the demo's own thread;
 * or, when it is interrupted, by its shutdown hook; or, when it is killed, by the process of {@link LastWill}. In one
 * process the first call does it, the others wait for it.
 */
final class DemoCleaner {
    private final DemoFolder folder;
    private final InstanceDirectory instance;
    private final Path launcher;
    private final ProcFileSystem processes;
    private boolean done;

    /** @param proc {@code /proc} */
    DemoCleaner(DemoFolder folder, InstanceDirectory instance, Path launcher, Path proc) {
        this.folder = folder;
        this.instance = instance;
        this.launcher = launcher;
        this.processes = new ProcFileSystem(proc);
    }

    /**
     * Starts the root, unless the cleaning has begun: then nothing may be started any more.
     *
     * @throws DemoFailedException if it has
     */
    synchronized RootProcess startRoot() throws IOException, DemoFailedException {
        if (done) {
            throw new DemoFailedException("interrupted");
        }
        return RootProcess.start(launcher, folder, instance.name(), processes);
    }

    /**
     * Stops the root and removes everything.
     *
     * @return complaints, each one line; empty if all went well
     */
    synchronized List<String> clean() {
        return clean(false);
    }

    /**
     * As {@link #clean}, but the folder stays, with the manifest and the logs; unless there never was an instance, for then
     * there is nothing in it that was not told already.
     */
    synchronized List<String> cleanAndKeepArtefacts() {
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
                folder.keepArtefacts(instance.logDirectory());
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
     * Ends a root and its worker: in order, if the root lives. One that is killed leaves its worker running; the table it
     * also leaves says which process that is.
     */
    private void end(RootRecord root) {
        root.process(processes).ifPresent(RootProcess::stop);
        try (InstanceWatch watch = new InstanceWatch(instance, root.pid())) {
            watch.daemon().flatMap(child -> Victim.of(child, processes)).ifPresent(worker -> {
                worker.kill(processes);
                worker.handle().onExit().join();
            });
        }
    }

    /** Whether the instance was that root's last; else what is in its directory is another's. */
    private boolean isOf(RootRecord root) {
        try (InstanceWatch watch = new InstanceWatch(instance, root.pid())) {
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
