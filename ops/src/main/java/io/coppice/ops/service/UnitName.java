package io.coppice.ops.service;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.InstanceName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code install} and {@code uninstall} have in common: which unit, and that it takes root to touch it. */
final class UnitName {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "For several services: the unit is coppice-NAME.service. Default: coppice.service.")
    private @Nullable String name;

    String unit() {
        if (name == null) {
            return "coppice.service";
        }
        if (!InstanceName.isValid(name)) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "--name: `" + name + "` cannot be, expected [a-z0-9-]{1,32}.");
        }
        return "coppice-" + name + ".service";
    }

    void requireRoot(CoppiceCommand coppice, String command) {
        if (coppice.caller().uid() != 0) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Only root may " + command + " a service: sudo coppice " + command
                            + " …\n  --dry-run shows what it would do.");
        }
    }
}
