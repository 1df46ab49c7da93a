package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.TransactionContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has a transaction leave a {@link Leftover} behind, once there is a file by its name in the directory {@code told}, and prints {@code LEFTOVER was left by
 * PID}; for a file {@code after-LEFTOVER} it has one that does nothing else, and prints {@code after-LEFTOVER is done by PID}. Argument: the directory {@code told}.
 */
public final class Leaver implements Daemon {
    private static final String AFTER = "after-";

    private @Nullable DaemonContext context;
    private Path told = Path.of("/");
    private final Set<String> submitted = new HashSet<>();

    /** In the process of a slot. */
    public static final class Task implements io.coppice.worker.Task {
        @Override
        public byte[] run(TransactionContext context, byte[] input) throws Exception {
            String[] words = new String(input, StandardCharsets.UTF_8).split("\n", -1);
            boolean after = words[1].startsWith(AFTER);
            if (!after) {
                Leftover.valueOf(words[1]).begin(Path.of(words[0]));
            }
            String said = words[1]
                    + (after ? " is done by " : " was left by ")
                    + ProcessHandle.current().pid();
            return said.getBytes(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void start(DaemonContext given) {
        context = given;
        told = Path.of(given.args().get(0));
    }

    @Override
    public Next step() {
        for (Leftover leftover : Leftover.values()) {
            submitWhenTold(leftover.name());
            submitWhenTold(AFTER + leftover);
        }
        return Next.after(Duration.ofMillis(10));
    }

    private void submitWhenTold(String what) {
        if (Files.exists(told.resolve(what)) && submitted.add(what)) {
            byte[] input = (told + "\n" + what).getBytes(StandardCharsets.UTF_8);
            Objects.requireNonNull(context)
                    .transactions()
                    .submit(Task.class, input)
                    .future()
                    .onAny(outcome -> System.out.println(
                            outcome.isReady()
                                    ? new String(outcome.value(), StandardCharsets.UTF_8)
                                    : what + " failed: " + outcome.failure().getMessage()));
        }
    }
}
