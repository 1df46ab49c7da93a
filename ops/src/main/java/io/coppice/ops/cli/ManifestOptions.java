package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceName;
import java.nio.file.Path;
import java.util.Optional;

/** What the commands that read a manifest take from the command line. */
final class ManifestOptions {
    private ManifestOptions() {}

    /** {@code --instance}, else {@code $COPPICE_INSTANCE}; empty: the manifest decides. */
    static Optional<String> instance(CoppiceCommand coppice) {
        String option = coppice.instanceOption();
        String name = option != null ? option : coppice.caller().variable("COPPICE_INSTANCE");
        if (option == null && name.isEmpty()) {
            return Optional.empty();
        }
        if (!InstanceName.isValid(name)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    (option != null ? "--instance" : "$COPPICE_INSTANCE") + ": `" + name
                            + "` is no instance name, expected [a-z0-9-]{1,32}.");
        }
        return Optional.of(name);
    }

    static Path absolute(CoppiceCommand coppice, Path file) {
        return coppice.caller().workingDirectory().resolve(file).normalize();
    }
}
