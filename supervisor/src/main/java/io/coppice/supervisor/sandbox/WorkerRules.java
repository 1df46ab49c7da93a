package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.os.LandlockRight;
import io.coppice.supervisor.os.LandlockRuleset;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import io.coppice.supervisor.os.LandlockScope;
import io.coppice.supervisor.os.Restriction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a process in a sandbox may do in what is hidden from all others. Pure. */
public final class WorkerRules {
    /** Of its own segment and lock: no right to shorten them, nor to make or remove a name beside them. */
    private static final Set<LandlockRight> FOLDER = Set.of(LandlockRight.READ_FILE, LandlockRight.WRITE_FILE);

    private static final Set<LandlockRight> OWN_DIRECTORY = Set.of(
            LandlockRight.READ_FILE,
            LandlockRight.WRITE_FILE,
            LandlockRight.TRUNCATE,
            LandlockRight.MAKE_REG,
            LandlockRight.MAKE_DIR,
            LandlockRight.REMOVE_FILE,
            LandlockRight.REMOVE_DIR,
            LandlockRight.REFER);

    /** A JVM makes its report anew, and opens it for reading, too. */
    private static final Set<LandlockRight> REPORTS =
            Set.of(LandlockRight.READ_FILE, LandlockRight.WRITE_FILE, LandlockRight.MAKE_REG);

    private static final Set<LandlockRight> TO_READ = Set.of(LandlockRight.READ_FILE);
    private static final Set<LandlockRight> TO_WRITE =
            Set.of(LandlockRight.READ_FILE, LandlockRight.WRITE_FILE, LandlockRight.TRUNCATE);

    private final List<Rule> rules = new ArrayList<>();
    private boolean inGroup;

    /** The folder in which a process finds its segment. */
    public WorkerRules folder(Path folder) {
        rules.add(Rule.required(folder, FOLDER));
        return this;
    }

    /** The directory of the segments that it may read. */
    public WorkerRules view(Path view) {
        rules.add(Rule.required(view, TO_READ));
        return this;
    }

    /** The directory in which it may make files. */
    public WorkerRules ownDirectory(Path directory) {
        rules.add(Rule.required(directory, OWN_DIRECTORY));
        return this;
    }

    /** The directory in which it may leave reports of faults, and which it shares. */
    public WorkerRules reports(Path directory) {
        rules.add(Rule.required(directory, REPORTS));
        return this;
    }

    /** A file, or a directory of files, that it may read. */
    public WorkerRules readable(Path path) {
        rules.add(Rule.optional(path, TO_READ));
        return this;
    }

    /** A file that it may write. */
    public WorkerRules writable(Path file) {
        rules.add(Rule.optional(file, TO_WRITE));
        return this;
    }

    /** It stays in its process group, with all that comes of it: nothing of a transaction outlives it. */
    public WorkerRules inGroup() {
        inGroup = true;
        return this;
    }

    /**
     * All of it in force, and everything outside what is hidden.
     *
     * @throws IOException if that cannot be told; with a message for people
     */
    public Restriction with(Outside outside) throws IOException {
        return with(outside.rules(), LandlockScope.ALL);
    }

    /**
     * The same for a process that has to reach another one, which is in a sandbox of its own: it may send signals, and connect to abstract
     * sockets.
     *
     * @param outside the rules of an {@link Outside}
     */
    public Restriction reaching(List<Rule> outside) {
        return with(outside, Set.of());
    }

    private Restriction with(List<Rule> outside, Set<LandlockScope> scopes) {
        List<Rule> all = new ArrayList<>(outside);
        all.addAll(rules);
        return new Restriction(new LandlockRuleset(Outside.HANDLED, all, scopes), true, inGroup);
    }

    /** What no sandbox enforces on this kernel, see {@link Restriction#gaps}. A few system calls. */
    public static Set<KernelGap> gaps() {
        return new Restriction(new LandlockRuleset(Outside.HANDLED, List.of(), LandlockScope.ALL), true, true).gaps();
    }
}
