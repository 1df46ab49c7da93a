package io.coppice.ops.view;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The plan that the root keeps beside its segment: where segments are and who waits for whom.
 *
 * @param plan empty if there is none or it cannot be read
 * @param problem why it cannot be read, in words; empty also where there is none
 * @param closed whether it is there, and another user's: of the instance only the root's segment is open to this one
 */
public record PlanFile(Optional<Plan> plan, Optional<String> problem, boolean closed) {
    /** Reads it, bounded. */
    public static PlanFile read(InstanceDirectory instance) {
        Path file = instance.plan();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(PlanBounds.MAX_PLAN_BYTES + 1);
            return new PlanFile(
                    Optional.of(PlanText.read(new String(bytes, StandardCharsets.UTF_8))), Optional.empty(), false);
        } catch (NoSuchFileException e) {
            return new PlanFile(Optional.empty(), Optional.empty(), false);
        } catch (AccessDeniedException e) {
            return new PlanFile(
                    Optional.empty(),
                    Optional.of(
                            "The plan, the segments and the logs of " + instance.name()
                                    + " are closed to this user: what only they tell, such as commits and groups, is not shown."),
                    true);
        } catch (IOException | PlanFormatException e) {
            return new PlanFile(
                    Optional.empty(), Optional.of("Cannot read the plan " + file + ": " + e.getMessage()), false);
        }
    }

    /** Where segments are, if the plan says so. */
    public Optional<Path> segmentDirectory() {
        return plan.map(known -> Path.of(known.segmentDirectory()));
    }

    /** Whether each start of this daemon throws its contents away ({@code resume: zero}). */
    public boolean startsEmpty(String name) {
        return child(name)
                .filter(child -> "zero".equals(WorkerOptions.value(child.argv(), "--resume")))
                .isPresent();
    }

    /** Which user a daemon is where each has one of its own; empty of slots, whose processes have one each, and where all are one. */
    OptionalLong user(String name) {
        return plan.filter(known -> known.isolation() == Isolation.USER).flatMap(known -> child(name)).stream()
                .filter(child -> child.slot() == 0)
                .mapToLong(
                        child -> child.identity() == null ? 0 : child.identity().uid())
                .findFirst();
    }

    /** The plan of one child. */
    Optional<ChildPlan> child(String name) {
        return plan.flatMap(known -> known.children().stream()
                .filter(child -> child.name().equals(name))
                .findFirst());
    }
}
