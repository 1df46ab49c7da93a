package io.coppice.ops.hosted;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceName;
import io.coppice.ops.view.PlanFile;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a command needs to host an instance.
 *
 * @param command its name, which stands before what it says
 * @param instance the files of the instance it becomes
 * @param isolation of its workers
 * @param launcher the {@code coppice} launcher
 * @param proc {@code /proc}
 */
public record HostedSettings(
        String command, InstanceDirectory instance, Isolation isolation, Path launcher, Path proc) {
    /**
     * As the caller's surroundings have it.
     *
     * @param mainClasses the daemons' classes of such an instance, by which one of an earlier run is known
     * @throws CommandFailedException if that is no name, or that instance holds the state of other daemons: a hosted one is
     *     emptied, and removed at the end
     */
    public static HostedSettings of(
            Caller caller, String command, String name, Isolation isolation, Set<String> mainClasses) {
        if (!InstanceName.isValid(name)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    command + ": --instance: `" + name + "` is no instance name, expected [a-z0-9-]{1,32}.");
        }
        String launcher = System.getProperty("coppice.launcher", "");
        if (launcher.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    command + ": the system property coppice.launcher is not set; start it as `coppice " + command
                            + "`.");
        }
        InstanceDirectory instance = InstanceBase.locate(caller.environment(), caller.uid(), caller.workingDirectory())
                .instance(name);
        requireNobodyElses(command, instance, mainClasses);
        return new HostedSettings(command, instance, isolation, Path.of(launcher), caller.proc());
    }

    private static void requireNobodyElses(String command, InstanceDirectory instance, Set<String> mainClasses) {
        PlanFile.read(instance)
                .plan()
                .filter(plan -> !plan.children().stream()
                        .allMatch(child -> child.argv().stream().anyMatch(mainClasses::contains)))
                .ifPresent(plan -> {
                    throw new CommandFailedException(
                            ExitCode.FAILED,
                            command + ": instance " + instance.name() + " is not a " + command + "'s, it has "
                                    + plan.children().stream()
                                            .map(ChildPlan::name)
                                            .collect(Collectors.joining(", "))
                                    + ". The " + command + " would replace it: choose another --instance.");
                });
    }

    /** Where a class of ours comes from, for the class path of a daemon. */
    public static Path classesOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("coppice's own class path is no file", e);
        }
    }
}
