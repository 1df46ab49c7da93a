package io.coppice.supervisor.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The core is a function: no clock, no input or output, no threads, no hash order, no mutable statics. */
class PureCoreTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.coppice.supervisor.core");

    @Test
    void shouldDependOnNothingButTheLanguageAndLists() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "" /* arrays of primitives */,
                        "io.coppice.supervisor.core",
                        "java.lang..",
                        "java.util",
                        "org.jspecify.annotations")
                .check(CORE);
    }

    @Test
    void shouldHaveNoClockNoThreadsAndNoHashOrder() {
        noClasses()
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Map.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Set.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Random.class)
                .check(CORE);
    }

    @Test
    void shouldHaveNoMutableStatics() {
        fields().that().areStatic().should().beFinal().check(CORE);
    }

    @Test
    void shouldGiveEqualStatesForEqualInputsAndNeverThrow() {
        for (long seed = 1; seed <= 200; seed++) {
            List<Event> events = new ArrayList<>();
            SupervisorState first = play(seed, events);
            SupervisorState second = initial();
            for (Event event : events) {
                second = Supervisor.step(second, event).state();
            }
            assertEquals(first, second, "seed " + seed);
        }
    }

    private static SupervisorState initial() {
        return SupervisorState.initial(List.of(
                Specs.worker(0, "a").build(),
                Specs.command(1, "b").dependsOn(0, Dependency.Condition.READY).build(),
                Specs.worker(2, "c")
                        .restart(RestartPolicy.ALWAYS)
                        .maxRestarts(50)
                        .build()));
    }

    /** Any event at any time, also such as no sane shell would send. */
    private static SupervisorState play(long seed, List<Event> events) {
        SplittableRandom random = new SplittableRandom(seed);
        SupervisorState state = initial();
        long nowNs = 0;
        for (int i = 0; i < 1_000; i++) {
            nowNs += random.nextLong(Specs.SECOND);
            int child = random.nextInt(3);
            long incarnation = state.child(child).incarnation() - (random.nextInt(8) == 0 ? 1 : 0);
            Event event = switch (random.nextInt(i > 900 ? 21 : 19)) {
                case 0 -> new Event.Begin(nowNs);
                case 1, 2, 3 -> new Event.Spawned(child, incarnation, 100 + i, i, nowNs);
                case 4 -> new Event.SpawnFailed(child, incarnation, "no", nowNs);
                case 5, 6 -> new Event.Released(child, incarnation, nowNs);
                case 7, 8 -> new Event.BecameReady(child, incarnation, nowNs);
                case 9 ->
                    new Event.Exited(
                            child, incarnation, status(random), null, StepProgress.values()[random.nextInt(3)], nowNs);
                case 10 -> new Event.HeartbeatLost(child, incarnation, nowNs);
                case 11, 12 -> new Event.Tick(nowNs);
                case 13 -> new Event.StopRequested(child, i, nowNs);
                case 14, 15 -> new Event.StartRequested(child, i, nowNs);
                case 16 -> new Event.RestartRequested(child, i, nowNs);
                case 17 -> new Event.KillRequested(child, "TERM", 15, i, nowNs);
                case 18 -> new Event.StageEntered(child, incarnation, StartStage.values()[random.nextInt(3)], nowNs);
                default -> new Event.ShutdownRequested(i, nowNs);
            };
            events.add(event);
            state = Supervisor.step(state, event).state();
        }
        return state;
    }

    private static ExitStatus status(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> new ExitStatus.Signaled(random.nextInt(1, 65), random.nextBoolean());
            case 1 -> new ExitStatus.Unknown();
            case 2 -> new ExitStatus.Exited(0);
            default -> new ExitStatus.Exited(random.nextInt(256));
        };
    }
}
