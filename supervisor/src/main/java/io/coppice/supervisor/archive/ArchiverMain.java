package io.coppice.supervisor.archive;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.sandbox.Outside;
import io.coppice.supervisor.sandbox.StartFiles;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The archiver's {@code main}: makes the archive of one daemon of the plan on record, and ends. Started by a root, as its user, with nothing in
 * its environment that a manifest says: it runs no code of a daemon, but has a {@link Training} do it in another process. A root that dies in
 * the meantime is not missed. What went wrong it writes to its standard error, and {@link ArchiverExit} to its root.
 */
public final class ArchiverMain {
    /** Far longer than a JVM takes to start on a machine that is busy with other things. */
    private static final long TRAINING_MS = 300_000;

    private static final long LOCK_MS = 900_000;
    private static final long MOST_BYTES = 512L << 20;

    /** A line for each archive that could not be made: some hundred of them. */
    static final long MOST_LOG_BYTES = 64 << 10;

    /** Whose errand this process is, in its environment. */
    public static final String ERRAND_MARK = "COPPICE_ERRAND";

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    /** So that it is the first to go where memory is short: the daemons need theirs. */
    private static final String FIRST_TO_BE_KILLED = "1000";

    private ArchiverMain() {}

    /**
     * Makes an archive.
     *
     * @param args the instance's directory, the daemon's name, the directory of archives
     */
    public static void main(String[] args) {
        System.exit(run(args).code());
    }

    private static ArchiverExit run(String[] args) {
        if (args.length != 3) {
            return tell("(unnamed)", ArchiverExit.FAILED, "an archiver is started by a root, not by hand");
        }
        String daemon = args[1];
        try {
            beFirstToBeKilled();
            beginLogAnew();
            Path instance = Path.of(args[0]);
            Plan plan = PlanText.read(Files.readString(instance.resolve("plan"), StandardCharsets.UTF_8));
            ChildPlan child = child(plan, daemon);
            List<String> argv = child.argv();
            String obstacle = LaunchProfile.obstacle(argv);
            if (obstacle != null) {
                return tell(daemon, ArchiverExit.NOT_ARCHIVABLE, obstacle);
            }
            LaunchProfile profile = LaunchProfile.of(argv);
            int ownUid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            new Archiver(
                            ArchiveDirectory.open(Path.of(args[2]), ownUid, child.identity() != null),
                            profile,
                            JdkRelease.of(Path.of(profile.java())),
                            new Training.Conditions(
                                    Maker.of(instance, child),
                                    restricted(plan, child, Path.of(args[2]), ownUid),
                                    environment(child),
                                    Path.of(child.workingDirectory())),
                            new Archiver.Limits(TRAINING_MS, LOCK_MS, MOST_BYTES))
                    .run();
            return ArchiverExit.DONE;
        } catch (NotArchivableException e) {
            return tell(daemon, ArchiverExit.NOT_ARCHIVABLE, String.valueOf(e.getMessage()));
        } catch (ArchiverException e) {
            return tell(daemon, e.exit(), String.valueOf(e.getMessage()));
        } catch (IOException | PlanFormatException e) {
            return tell(daemon, ArchiverExit.FAILED, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return tell(daemon, ArchiverExit.FAILED, "interrupted");
        }
    }

    private static void beFirstToBeKilled() {
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), FIRST_TO_BE_KILLED);
        } catch (IOException e) {
            System.err.println("memory that is short may be taken from others first: " + e);
        }
    }

    /**
     * The log is appended to by every archiver of an instance, of this root and of those to come, so each looks whether it has grown
     * too long: then what it says is old. One that cannot be made shorter, or is no file, stays as it is.
     */
    private static void beginLogAnew() {
        try {
            if (Files.isRegularFile(STANDARD_ERROR) && Files.size(STANDARD_ERROR) > MOST_LOG_BYTES) {
                try (FileChannel log = FileChannel.open(STANDARD_ERROR, StandardOpenOption.WRITE)) {
                    log.truncate(0);
                }
            }
        } catch (IOException e) {
            System.err.println("this log has grown long, and cannot be begun anew: " + e);
        }
    }

    /** What the daemon's processes may, but that it reads no segment, and writes where its archive is made. */
    private static Restricted restricted(Plan plan, ChildPlan child, Path archives, long uid) {
        if (!child.restricted()) {
            return Restricted.NOT;
        }
        Path directory = Path.of(plan.directory());
        Path segments = Path.of(plan.segmentDirectory());
        StartFiles started = StartFiles.of(plan, StartFiles.own());
        return work -> new WorkerRules()
                .ownDirectory(work.made())
                .readable(work.path())
                .writable(work.output())
                .with(Outside.ofInstances(directory, segments, archives, started, uid));
    }

    private static ChildPlan child(Plan plan, String daemon) throws IOException {
        for (ChildPlan child : plan.children()) {
            if (child.name().equals(daemon) && child.kind().hasSegment()) {
                return child;
            }
        }
        throw new IOException("the plan in " + plan.directory() + " has no daemon of that name any more");
    }

    /** The child's, and the mark by which a root knows what a dead one had sent. */
    private static Map<String, String> environment(ChildPlan child) {
        Map<String, String> environment = new TreeMap<>(child.environment());
        String mark = System.getenv(ERRAND_MARK);
        if (mark != null) {
            environment.put(ERRAND_MARK, mark);
        }
        return environment;
    }

    private static ArchiverExit tell(String daemon, ArchiverExit exit, String text) {
        System.err.println(daemon + ": no start archive: " + exit.words() + ": " + text);
        return exit;
    }
}
