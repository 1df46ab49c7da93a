package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenStartFilesTest {
    private static ChildPlan command(String name, long launch, String program) {
        return new ChildPlanBuilder(name, ChildPlan.Kind.COMMAND)
                .argv(List.of(program))
                .launch(launch)
                .restricted(true)
                .plan();
    }

    private static Plan plan(ChildPlan... children) {
        return new Plan(
                "shop",
                "/shop.yaml",
                "/shop",
                "/shop",
                Isolation.SANDBOX,
                0,
                ControlAccess.OWN_USER,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(children));
    }

    private static List<String> warnings(Plan present, Plan next) {
        return OpenStartFiles.warnings(present, next, PlanChange.between(present, next));
    }

    @Test
    void shouldNameWhatIsNewAndWhoMayChangeIt() {
        Plan present = plan(command("a", 1, "/srv/none/a"), command("b", 1, "/srv/none/b"));
        Plan next =
                plan(command("a", 1, "/srv/none/a"), command("b", 2, "/srv/none/b2"), command("c", 1, "/srv/none/c"));
        assertEquals(
                List.of(
                        "warning: started from now on, and to be changed by processes in sandboxes that were started before:"
                                + " /srv/none/b2, /srv/none/c.\n  They are kept from it once they are started anew: `coppice restart a`."),
                warnings(present, next));
        assertEquals(List.of(), warnings(next, next));
    }

    @Test
    void shouldSayNothingWhereNobodyIsLeftRunningOrNobodyIsInASandbox() {
        Plan present = plan(command("a", 1, "/srv/none/a"));
        assertEquals(List.of(), warnings(present, plan(command("a", 2, "/srv/none/a2"))));
        Plan free = plan(
                command("a", 1, "/srv/none/a").toBuilder().restricted(false).plan());
        Plan more = plan(
                command("a", 1, "/srv/none/a").toBuilder().restricted(false).plan(), command("c", 1, "/srv/none/c"));
        assertEquals(List.of(), warnings(free, more));
    }

    /** What everybody in a sandbox is kept from anyway. */
    @Test
    void shouldSayNothingOfTheSystemsOwnPrograms() {
        Plan present = plan(command("a", 1, "/srv/none/a"));
        String real = Path.of("/usr/bin/env").toString();
        assertEquals(List.of(), warnings(present, plan(command("a", 1, "/srv/none/a"), command("c", 1, real))));
    }

    /** The first probe brings the prober, which is started from the installation. */
    @Test
    void shouldSayNothingOfWhatTheRootItselfStartsFrom() {
        Plan present = plan(command("a", 1, "/srv/none/a"));
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        Path jar =
                Path.of(System.getProperty("java.class.path").split(":", -1)[0]).toAbsolutePath();
        ChildPlan prober = new ChildPlanBuilder("prober", ChildPlan.Kind.COMMAND)
                .argv(List.of(java.toString(), "-cp", jar.toString(), "com.example.Main"))
                .restricted(true)
                .plan();
        assertEquals(List.of(), warnings(present, plan(command("a", 1, "/srv/none/a"), prober)));
    }
}
