package io.coppice.supervisor.archive;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.Restriction;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the processes may do that an archive is made by. */
@FunctionalInterface
interface Restricted {
    /** Everything. */
    Restricted NOT = work -> null;

    /**
     * The restriction of one that writes into {@link WorkDirectory#made}, and nowhere else in what is hidden from daemons.
     *
     * @return null for none
     */
    @Nullable
    Restriction in(WorkDirectory work) throws IOException;

    /** Starts a process under it: on a thread of its own, which puts it on itself and ends. */
    default Process start(ProcessBuilder builder, WorkDirectory work) throws IOException, InterruptedException {
        Restriction restriction = in(work);
        if (restriction == null) {
            return builder.start();
        }
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        restriction.restrictThisThread();
                        outcome.set(builder.start());
                    } catch (IOException | OsException | RuntimeException e) {
                        outcome.set(e);
                    }
                },
                "coppice-restricted");
        thread.start();
        thread.join();
        if (outcome.get() instanceof Process process) {
            return process;
        }
        throw new IOException(
                "`" + builder.command().get(0) + "` cannot be started in a sandbox: " + outcome.get(),
                (Exception) outcome.get());
    }
}
