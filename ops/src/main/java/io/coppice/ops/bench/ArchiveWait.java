package io.coppice.ops.bench;

import io.coppice.ops.bench.RecoveryManifest.Role;
import io.coppice.state.root.RootSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Waits for the archives that a root has made in quiet times, so that none is made while something is measured. One thread. */
final class ArchiveWait {
    private static final long WATCHDOG_NS = TimeUnit.MINUTES.toNanos(4);

    /** A root begins with one five seconds after the last launch, and that takes it two. */
    private static final long PATIENCE_MS = 8_000;

    private final BenchInstance instance;
    private final Consumer<String> told;

    ArchiveWait(BenchInstance instance, Consumer<String> told) {
        this.instance = instance;
        this.told = told;
    }

    /**
     * Has the daemons that are to be started with an archive started again until they are.
     *
     * @return whether they are; if not, that was told
     */
    boolean await(List<Integer> heapsMib) throws IOException, InterruptedException {
        long sinceNs = System.nanoTime();
        List<String> waiting = heapsMib.stream()
                .flatMap(heapMib ->
                        Stream.of(Role.values()).filter(Role::isArchived).map(role -> role.daemon(heapMib)))
                .toList();
        told.accept("waiting for the archives …");
        while (System.nanoTime() - sinceNs < WATCHDOG_NS) {
            waiting = withoutArchive(waiting);
            if (waiting.isEmpty()) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(PATIENCE_MS);
            instance.restart(waiting);
        }
        told.accept("no rows with an archive: the root started " + String.join(", ", waiting) + " without one for "
                + TimeUnit.NANOSECONDS.toMinutes(WATCHDOG_NS) + " minutes; `coppice events` would say why");
        return false;
    }

    private List<String> withoutArchive(List<String> names) throws IOException, InterruptedException {
        RootSnapshot running = instance.awaitReady();
        List<String> without = new ArrayList<>();
        for (String name : names) {
            if (!WorkerLaunch.of(running.child(name).orElseThrow().pid()).isArchived()) {
                without.add(name);
            }
        }
        return without;
    }
}
