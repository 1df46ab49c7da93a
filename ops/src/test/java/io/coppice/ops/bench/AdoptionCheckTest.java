package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.WantedCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdoptionCheckTest {
    private static final RootSnapshot BEFORE = snapshot(child("one", 100, 1), child("two", 200, 1));

    @Test
    void shouldFindNothingWrongWithTheSameProcesses() {
        assertEquals(
                List.of(),
                AdoptionCheck.differences(BEFORE, snapshot(child("one", 100, 1), child("two", 200, 1)), child -> true));
    }

    @Test
    void shouldTellAProcessThatWasLaunchedAnew() {
        assertEquals(
                List.of("two: pid 300 started at 3000, incarnation 2, restarts 0, before pid 200 started at 2000,"
                        + " incarnation 1, restarts 0"),
                AdoptionCheck.differences(BEFORE, snapshot(child("one", 100, 1), child("two", 300, 2)), child -> true));
    }

    @Test
    void shouldTellAChildThatIsGoneAndOneThatIsDead() {
        assertEquals(
                List.of(
                        "1 child, before 2",
                        "one: pid 100 started at 1000, incarnation 1, restarts 0 does not live",
                        "two is not on record any more"),
                AdoptionCheck.differences(BEFORE, snapshot(child("one", 100, 1)), child -> false));
    }

    private static RootSnapshot snapshot(ChildInfo... children) {
        return new RootSnapshot(1, Optional.empty(), List.of(children), List.of(), List.of());
    }

    private static ChildInfo child(String name, long pid, long incarnation) {
        return new ChildInfo(
                0,
                name,
                ChildKind.COMMAND,
                ChildStateCode.READY,
                WantedCode.UP,
                pid,
                pid * 10,
                0,
                incarnation,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                0,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }
}
