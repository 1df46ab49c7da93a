package io.coppice.ops.demo;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leaves nothing behind, however the demo ends: no process, no segment, no temporary file. Called by the demo's own thread
 * or, on Ctrl-C, by the shutdown hook; the first call does it, the others wait for it.
 */
final class DemoCleaner {
    private final DemoFolder folder;
    private final DemoSettings settings;
    private @Nullable RootProcess root;
    private boolean instanceIsOurs;
    private boolean done;

    DemoCleaner(DemoFolder folder, DemoSettings settings) {
        this.folder = folder;
        this.settings = settings;
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
        RootProcess started = RootProcess.start(
                settings.launcher(), folder, settings.instance().name());
        root = started;
        return started;
    }

    /** Our root has the instance: what is in its directory is ours to remove. Before, another root's might be. */
    synchronized void instanceIsOurs() {
        instanceIsOurs = true;
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
     * As {@link #clean}, but the folder stays, with the instance's logs and segments in it; unless there never was an
     * instance, for then there is nothing in it that was not told already.
     */
    synchronized List<String> cleanAndKeepArtefacts() {
        return clean(true);
    }

    private List<String> clean(boolean artefactsWanted) {
        if (done) {
            return List.of();
        }
        done = true;
        boolean keep = artefactsWanted && instanceIsOurs;
        try {
            if (root != null) {
                stopProcesses(root);
            }
            if (keep) {
                Files.deleteIfExists(folder.text());
                folder.keep(settings.instance().path(), "instance");
            }
            String complaint = instanceIsOurs ? purge(settings.instance()) : "";
            if (!keep) {
                folder.remove();
            }
            return complaint.isEmpty() ? List.of() : List.of(complaint);
        } catch (IOException e) {
            return List.of("Could not clean up " + folder.path() + ": " + e);
        }
    }

    private void stopProcesses(RootProcess running) {
        boolean orderly = running.isAlive() ? running.stop() : running.exitCode() == 0;
        if (!orderly) {
            killWhatItLeft(running);
        }
    }

    /** A root that is killed leaves its worker running; the table it also leaves says which process that is. */
    private void killWhatItLeft(RootProcess dead) {
        ProcFileSystem processes = new ProcFileSystem(settings.proc());
        try (InstanceWatch watch = new InstanceWatch(settings.instance(), dead.pid())) {
            watch.daemon().flatMap(child -> Victim.of(child, processes)).ifPresent(worker -> {
                worker.kill(processes);
                worker.handle().onExit().join();
            });
        }
    }

    private String purge(InstanceDirectory instance) throws IOException {
        Path log = folder.path().resolve("purge.log");
        Process purge = new ProcessBuilder(List.of(
                        settings.launcher().toString(), "purge", "--instance", instance.name(), "--yes", "--logs"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        int exitCode = purge.onExit().join().exitValue();
        return exitCode == 0
                ? ""
                : "Could not purge instance " + instance.name() + ": "
                        + Files.readString(log, StandardCharsets.UTF_8).strip();
    }
}
