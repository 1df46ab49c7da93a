package io.coppice.supervisor.root;

import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.limits.GroupTree;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanSuccession;
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

    /** Where the plan comes from; may block. */
    interface Source {
        Plan read() throws StartupRefused;
    }

    /** What came of it. */
    sealed interface Result {}

    /** All is there; the record of the plan is written, under another name. */
    record Ready(Plan plan, Reservations reservations) implements Result {}

    /** Nothing is changed, but for what {@code reservations} has still to undo. */
    record Refused(int exitCode, String reason, Reservations reservations) implements Result {}

    /** Made from another plan than the present one: it would undo what was changed in between. Nothing is changed. */
    record Outdated() implements Result {}

    private final Plan present;
    private final @Nullable String base;
    private final Source source;
    private final GroupTree groups;
    private final EventFd done;
    private volatile @Nullable Result result;

    private ReloadPreparation(Plan present, @Nullable String base, Source source, GroupTree groups, EventFd done) {
        this.present = present;
        this.base = base;
        this.source = source;
        this.groups = groups;
        this.done = done;
    }

    /**
     * Begins; {@link #result} is there when {@code done} is signalled.
     *
     * @param base the fingerprint of the plan that the new one was made from; null if it does not matter
     * @param source of the plan
     * @param groups made ready if the plan has limits
     */
    static ReloadPreparation begin(Plan present, @Nullable String base, Source source, GroupTree groups, EventFd done) {
        ReloadPreparation preparation = new ReloadPreparation(present, base, source, groups, done);
        Thread thread = new Thread(preparation::run, "coppice-reload");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            // So the JVM says that the kernel gives no more threads: as much a reason to refuse as any.
            preparation.result =
                    new Refused(EXIT_FAILED, "the new plan cannot be prepared: " + e.getMessage(), new Reservations());
            done.signal();
        }
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
        if (base != null && !base.equals(PlanText.fingerprint(present))) {
            return new Outdated();
        }
        Plan next = source.read();
        String obstacle = PlanSuccession.obstacle(present, next);
        if (obstacle != null) {
            throw new StartupRefused(EXIT_USAGE, obstacle);
        }
        requireGroup(next);
        Map<String, ChildPlan> known = new HashMap<>();
        present.children().forEach(child -> known.put(child.name(), child));
        for (ChildPlan child : next.children()) {
            if (child.kind().hasSegment()) {
                prepare(child, known.get(child.name()), reservations);
            }
        }
        if (LaunchLimits.areIn(next)) {
            LaunchLimits.prepare(groups);
        }
        PlanRecord.write(Path.of(present.directory()), next);
        return new Ready(next, reservations);
    }

    private void requireGroup(Plan next) throws StartupRefused {
        if (next.access().isShared()
                && next.access().group() != present.access().group()) {
            try {
                SharedFiles.tryRecord(Path.of(present.directory()), Opening.of(next));
            } catch (IOException e) {
                throw new StartupRefused(EXIT_FAILED, String.valueOf(e.getMessage()));
            }
        }
    }

    private void prepare(ChildPlan child, @Nullable ChildPlan known, Reservations reservations) throws StartupRefused {
        SegmentSpec spec = new SegmentSpec(
                present.instance(), child.name(), SegmentSpec.KIND_DAEMON, child.stateBytes(), child.checkpoints());
        Path file = Path.of(present.segmentDirectory(), child.name() + ".seg");
        if (known == null || !known.kind().hasSegment()) {
            reservations.settle(file, spec);
            reservations.ensure(file, spec);
            reservations.ensureOwnerFiles(file, child.name(), false);
            RootStartup.giveToOwner(child, file);
        }
        reservations.ensureNext(
                file,
                child,
                spec,
                known == null || !known.kind().hasSegment()
                        ? Reservations.ANY
                        : SegmentSpec.lengthFor(known.stateBytes(), known.checkpoints()));
    }

    /** The plan that a client has written. */
    static Plan read(Path file) throws StartupRefused {
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
