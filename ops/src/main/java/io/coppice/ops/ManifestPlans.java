package io.coppice.ops;

import io.coppice.ops.cli.PlanCompiler;
import io.coppice.ops.manifest.ArchiveReport;
import io.coppice.ops.manifest.CheckReport;
import io.coppice.ops.manifest.CompileOptions;
import io.coppice.ops.manifest.IdRegister;
import io.coppice.ops.manifest.ManifestReader;
import io.coppice.ops.manifest.ManifestResult;
import io.coppice.ops.manifest.RangeClaim;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The manifest reader, as the commands use it. Any thread; blocks on files. */
final class ManifestPlans implements PlanCompiler {
    @Override
    public Compilation compile(
            Path manifest,
            Optional<String> instance,
            Map<String, String> environment,
            Optional<Path> javaHome,
            List<ReplicaSet> scaled) {
        CompileOptions options = CompileOptions.ofThisProcess(instance.orElse(null))
                .withEnvironment(environment)
                .withScaled(scaled);
        try {
            options = javaHome.isEmpty() ? options : options.withJavaHome(javaHome.get());
        } catch (IOException e) {
            return new Compilation.Rejected(List.of("The JDK of the workers: " + e));
        }
        ManifestResult result = ManifestReader.read(manifest, options);
        if (result instanceof ManifestResult.Compiled compiled) {
            CompileOptions same = options;
            return new Compilation.Compiled(
                    PlanText.write(compiled.plan()), () -> summary(manifest, compiled, same), compiled.warnings());
        }
        return new Compilation.Rejected(((ManifestResult.Refused) result)
                .errors().stream().map(Object::toString).toList());
    }

    @Override
    public void reserve(Plan plan, Map<String, String> environment) throws IOException {
        IdRegister.record(
                plan,
                CompileOptions.ofThisProcess(null).withEnvironment(environment).surroundings());
    }

    @Override
    public void requireReservable(Plan plan, Map<String, String> environment) throws IOException {
        IdRegister.requireRecordable(
                plan,
                CompileOptions.ofThisProcess(null).withEnvironment(environment).surroundings());
    }

    @Override
    public Optional<Provision> missing(Path manifest, Map<String, String> environment) throws IOException {
        CompileOptions options = CompileOptions.ofThisProcess(null).withEnvironment(environment);
        return ManifestReader.read(manifest, options) instanceof ManifestResult.Refused refused
                        && RangeClaim.isAllThatIsMissing(refused)
                ? Optional.of(new RangeClaim(options.surroundings())).map(ManifestPlans::provision)
                : Optional.empty();
    }

    private static Provision provision(RangeClaim claim) {
        return new Provision() {
            @Override
            public String intent() {
                return claim.intent();
            }

            @Override
            public String make() throws IOException {
                return claim.make();
            }
        };
    }

    private static List<String> summary(Path manifest, ManifestResult.Compiled compiled, CompileOptions options) {
        List<String> summary =
                new ArrayList<>(CheckReport.of(manifest, compiled).lines().toList());
        summary.addAll(ArchiveReport.of(compiled.plan(), options.surroundings()));
        return List.copyOf(summary);
    }
}
