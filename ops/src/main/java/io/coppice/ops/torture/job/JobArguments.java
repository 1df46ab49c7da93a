package io.coppice.ops.torture.job;

import java.nio.file.Path;
import java.util.List;

/**
 * What the manifest gives each daemon.
 *
 * @param seed of the whole torture
 * @param socket of the recorder
 * @param gate a file: once it is there, writers take no more steps
 */
public record JobArguments(long seed, Path socket, Path gate) {
    /** As the manifest's {@code args}. */
    public List<String> toArgs() {
        return List.of(Long.toString(seed), socket.toString(), gate.toString());
    }

    static JobArguments of(List<String> args) {
        return new JobArguments(Long.parseLong(args.get(0)), Path.of(args.get(1)), Path.of(args.get(2)));
    }
}
