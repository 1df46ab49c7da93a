package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.RootLiveness;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.ReplicaSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles a manifest with what operators have made of its replicas: that holds while the root runs, and for the one that comes after
 * one that died; not after an orderly end, nor after a boot.
 */
final class HeldScales {
    private final CoppiceCommand coppice;
    private final PlanCompiler compiler;

    HeldScales(CoppiceCommand coppice, PlanCompiler compiler) {
        this.coppice = coppice;
        this.compiler = compiler;
    }

    /** As the caller's own process would compile it. */
    Compilation compile(Path manifest) {
        Compilation plain = compile(manifest, List.of());
        if (!(plain instanceof Compilation.Compiled compiled)) {
            return plain;
        }
        List<ReplicaSet> held = held(compiled);
        return held.stream().anyMatch(ReplicaSet::isScaled) ? compile(manifest, held) : plain;
    }

    /** As {@link #compile(Path)}, by the manifest alone. */
    Compilation compile(Path manifest, List<ReplicaSet> scaled) {
        Map<String, String> environment = coppice.caller().environment();
        return compiler.compile(manifest, ManifestOptions.instance(coppice), environment, Optional.empty(), scaled);
    }

    private List<ReplicaSet> held(Compilation.Compiled compiled) {
        Plan plan;
        try {
            plan = PlanText.read(compiled.planText().stripTrailing() + "\n");
        } catch (PlanFormatException e) {
            return List.of(); // Whoever is handed this text says what is wrong with it.
        }
        if (plan.replicaSets().isEmpty()) {
            return List.of();
        }
        InstanceDirectory instance = new InstanceDirectory(plan.instance(), Path.of(plan.directory()));
        try (Daemons daemons = new Daemons(coppice, instance)) {
            InstanceStatus status = daemons.table();
            boolean counts = status.readable()
                    && (status.root().running()
                            || (status.root() instanceof RootLiveness.NotRunning && daemons.ofThisBoot()));
            return counts
                    ? PlanFile.read(instance).plan().map(Plan::replicaSets).orElse(List.of())
                    : List.of();
        }
    }
}
