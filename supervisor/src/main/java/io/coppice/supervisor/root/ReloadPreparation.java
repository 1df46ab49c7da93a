package io.coppice.supervisor.root;

import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another plan, read and checked, and all that is new in it reserved: what may take long, on a thread of its own. Nothing that the
 * present plan has is touched.
 */
final class ReloadPreparation {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    /** What came of it. */
    sealed interface Result {}

    /** All is there; the record of the plan is written, under another name. */
    record Ready(Plan plan, Reservations reservations) implements Result {}

    /** Nothing is changed, but for what {@code reservations} has still to undo. */
    record Refused(int exitCode, String reason, Reservations reservations) implements Result {}

    private final Plan present;
    private final Path file;
    private final EventFd done;
    private volatile @Nullable Result result;

    private ReloadPreparation(Plan present, Path file, EventFd done) {
        this.present = present;
        this.file = file;
        this.done = done;
    }

    /**
     * Begins; {@link #result} is there when {@code done} is signalled.
     *
     * @param file the text of the plan
     */
    static ReloadPreparation begin(Plan present, Path file, EventFd done) {
        ReloadPreparation preparation = new ReloadPreparation(present, file, done);
        Thread thread = new Thread(preparation::run, "coppice-reload");
        thread.setDaemon(true);
        thread.start();
        return preparation;
    }

    /** Null until it is done. Any thread. */
    @Nullable
    Result result() {
        return result;
    }

    private void run() {
        Reservations reservations = new Reservations();
        try {
            result = prepare(reservations);
        } catch (StartupRefused e) {
            result = new Refused(e.exitCode(), String.valueOf(e.getMessage()), reservations);
        } catch (RuntimeException | OutOfMemoryError e) {
            // Whoever asked is told, and the root goes on.
            result = new Refused(EXIT_FAILED, "the new plan cannot be prepared: " + e, reservations);
        }
        done.signal();
    }

    private Result prepare(Reservations reservations) throws StartupRefused {
        Plan next = read();
        requireSame("instance", present.instance(), next.instance());
        requireSame("directory of the instance", present.directory(), next.directory());
        requireSame("directory of the segments", present.segmentDirectory(), next.segmentDirectory());
        Map<String, ChildPlan> known = new HashMap<>();
        present.children().forEach(child -> known.put(child.name(), child));
        for (ChildPlan child : next.children()) {
            if (child.kind() == ChildPlan.Kind.DAEMON) {
                prepare(child, known.get(child.name()), reservations);
            }
        }
        PlanRecord.write(Path.of(present.directory()), next);
        return new Ready(next, reservations);
    }

    private void prepare(ChildPlan child, @Nullable ChildPlan known, Reservations reservations) throws StartupRefused {
        SegmentSpec spec = new SegmentSpec(
                present.instance(), child.name(), SegmentSpec.KIND_DAEMON, child.stateBytes(), child.checkpoints());
        if (known == null || known.kind() != ChildPlan.Kind.DAEMON) {
            reservations.ensure(Path.of(present.segmentDirectory(), child.name() + ".seg"), spec);
        } else if (known.stateBytes() != child.stateBytes() || known.checkpoints() != child.checkpoints()) {
            throw new StartupRefused(
                    EXIT_USAGE,
                    child.name() + ": its segment holds " + known.stateBytes() + " bytes of state and "
                            + known.checkpoints() + " checkpoints, the new manifest wants " + child.stateBytes()
                            + " and " + child.checkpoints()
                            + "; a segment cannot be made another size while it holds something. Keep the old numbers, or"
                            + " give the daemon another name, or end the instance and empty it (`coppice purge`)");
        }
    }

    private static void requireSame(String what, String present, String next) throws StartupRefused {
        if (!present.equals(next)) {
            throw new StartupRefused(
                    EXIT_USAGE,
                    "the " + what + " is " + present + " and would be " + next
                            + "; a reload cannot change that: end the root and start it again");
        }
    }

    private Plan read() throws StartupRefused {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] text = in.readNBytes(PlanBounds.MAX_PLAN_BYTES + 1);
            return PlanText.read(new String(text, StandardCharsets.UTF_8));
        } catch (PlanFormatException e) {
            throw new StartupRefused(
                    EXIT_USAGE, file + ": " + e.getMessage() + "; is the command of another release than the root?");
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "cannot read the new plan: " + e);
        }
    }
}
