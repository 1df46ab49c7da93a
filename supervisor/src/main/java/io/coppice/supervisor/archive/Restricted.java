package io.coppice.supervisor.archive;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.Restriction;
import java.io.IOException;
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

    /** Starts a process under it. */
    default Process start(ProcessBuilder builder, WorkDirectory work) throws IOException, InterruptedException {
        Restriction restriction = in(work);
        try {
            return restriction == null ? builder.start() : restriction.start(builder, () -> {});
        } catch (OsException e) {
            throw new IOException(
                    "`" + builder.command().get(0) + "` cannot be started in a sandbox: " + e.getMessage(), e);
        }
    }
}
