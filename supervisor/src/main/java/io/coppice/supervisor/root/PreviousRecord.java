package io.coppice.supervisor.root;

import io.coppice.state.SegmentException;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootView;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The segment that the last root of an instance left: the only word on what runs. Where it cannot be gone by, and something of the
 * instance may be alive, nothing is started. Under the root lock; changes nothing.
 */
final class PreviousRecord {
    private static final String RECOVER =
            "`coppice recover` says what can be done; what daemons hold in their segments stays.";
    private static final int EXIT_FAILED = 1;

    private final Path directory;
    private final Path file;
    private final ProcessTable processes;

    /** @param directory of the instance */
    PreviousRecord(Path directory, ProcessTable processes) {
        this.directory = directory;
        this.file = PreparedInstance.rootSegmentFile(directory);
        this.processes = processes;
    }

    /** @throws StartupRefused if it cannot be read; or children are alive of which it does not tell */
    PreviousLife previousLife() throws StartupRefused, OsException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            refuseBesideStrays(file + " is missing.");
            return PreviousLife.NONE;
        }
        try (RootView view = RootView.open(file)) {
            RootReadResult result = view.read();
            if (result instanceof RootReadResult.Read read) {
                PreviousLife previous = PreviousLife.of(read.snapshot(), processes);
                if (previous.isOfAnotherNamespace()) {
                    refuseBesideStrays(file + ": the root that died ran in another pid namespace.");
                }
                return previous;
            }
            throw refused(file + ": "
                    + (result instanceof RootReadResult.Damaged damaged ? damaged.reason() : "somebody writes to it"));
        } catch (SegmentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    /** Why a root that cannot go by the record does not start; names what is alive. */
    StartupRefused refused(String reason) throws OsException {
        List<String> strays = Strays.find(directory, processes);
        return strays.isEmpty()
                ? new StartupRefused(
                        EXIT_FAILED,
                        reason + " This is the record of what ran; without it something might be started that runs"
                                + " already. No child of this instance was found alive. " + RECOVER)
                : besideStrays(reason, strays);
    }

    private void refuseBesideStrays(String reason) throws StartupRefused, OsException {
        List<String> strays = Strays.find(directory, processes);
        if (!strays.isEmpty()) {
            throw besideStrays(reason, strays);
        }
    }

    /** Without a record, what runs would be started a second time. */
    private static StartupRefused besideStrays(String reason, List<String> strays) {
        return new StartupRefused(
                EXIT_FAILED,
                reason + " It is the record of what ran, and children of this instance are alive: "
                        + String.join(", ", strays)
                        + ". They cannot be taken over without it, and starting others beside them would give what they own"
                        + " two owners. " + RECOVER);
    }
}
