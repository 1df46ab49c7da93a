package io.coppice.ops.torture.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the manifest gives each daemon.
 *
 * @param seed of the whole torture
 * @param socket of the recorder
 * @param gate a file: once it is there, writers take no more steps
 * @param pause of a writer between its bursts, and of a reader that finds nothing
 */
public record JobArguments(long seed, Path socket, Path gate, Duration pause) {
    /** As the manifest's {@code args}. */
    public List<String> toArgs() {
        return List.of(Long.toString(seed), socket.toString(), gate.toString(), Long.toString(pause.toMillis()));
    }

    static JobArguments of(List<String> args) {
        return new JobArguments(
                Long.parseLong(args.get(0)),
                Path.of(args.get(1)),
                Path.of(args.get(2)),
                Duration.ofMillis(Long.parseLong(args.get(3))));
    }
}
