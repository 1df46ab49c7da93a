package io.coppice.ops;

import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.manifest.ManifestSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code coppice schema}: what an editor completes and checks a manifest by. */
@Command(
        name = "schema",
        description = {
            "Print the JSON Schema of a manifest.",
            "An editor with a YAML language server goes by it if the manifest begins with",
            "# yaml-language-server: $$schema=PATH"
        })
final class SchemaCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;

    SchemaCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        coppice.print(ManifestSchema.text());
        return ExitCode.DONE;
    }
}
