package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanBoundsTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "web-1", "0", "-", "abcdefghijklmnopqrstuvwxyz012345"})
    void shouldTakeNames(String name) {
        assertTrue(PlanBounds.isName(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a_b", "a.b", "a/b", "a\n", "é", "abcdefghijklmnopqrstuvwxyz0123456"})
    void shouldRefuseOtherNames(String name) {
        assertFalse(PlanBounds.isName(name));
        assertThrows(IllegalArgumentException.class, () -> new Dependency(name, Dependency.Condition.READY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.1", "web.512", "abcdefghijklmnopqrstuvwxyz01.999"})
    void shouldTakeNamesOfReplicasForChildrenOnly(String name) {
        assertFalse(PlanBounds.isName(name));
        assertTrue(PlanBounds.isChildName(name));
        assertEquals(name, new Dependency(name, Dependency.Condition.READY).name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.0", "web.01", "web.1000", "web.", ".1", "web.1.1", "abcdefghijklmnopqrstuvwxyz012.1"})
    void shouldRefuseNamesOfReplicasThatCannotBe(String name) {
        assertFalse(PlanBounds.isChildName(name));
        assertThrows(IllegalArgumentException.class, () -> new Dependency(name, Dependency.Condition.READY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "thumbs@1",
                "thumbs@32",
                "web.3@10",
                "abcdefghijklmnopqrstuvwxyz0123@1",
                "abcdefghijklmnopqrstuvwxy.999@32"
            })
    void shouldTakeNamesOfSlotsForChildrenThatNobodyWaitsFor(String name) {
        assertFalse(PlanBounds.isName(name));
        assertTrue(PlanBounds.isChildName(name));
        assertThrows(IllegalArgumentException.class, () -> new Dependency(name, Dependency.Condition.STARTED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "thumbs@",
                "thumbs@0",
                "thumbs@01",
                "thumbs@33",
                "thumbs@100",
                "@1",
                "thumbs@1@1",
                "web@1.1",
                "thumbs@1\n",
                "abcdefghijklmnopqrstuvwxyz01234@1",
                "abcdefghijklmnopqrstuvwxyz.999@32"
            })
    void shouldRefuseNamesOfSlotsThatCannotBe(String name) {
        assertFalse(PlanBounds.isChildName(name));
    }

    @Test
    void shouldKnowWhatCanBeEncoded() {
        assertTrue(PlanBounds.isEncodable("a 😀"));
        assertFalse(PlanBounds.isEncodable("a\0"));
        assertFalse(PlanBounds.isEncodable("\ud800"));
        assertFalse(PlanBounds.isEncodable("\udc00\ud800"));
    }

    @Test
    void shouldMeasureStringsInBytes() {
        assertDoesNotThrow(() -> new Plan(
                "a",
                "/a.yaml",
                "/" + "é".repeat(2047),
                "/",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Plan(
                        "a",
                        "/a.yaml",
                        "/" + "é".repeat(2048),
                        "/",
                        NoticeCommand.NONE,
                        List.of(GroupPlan.INSTANCE),
                        List.of(),
                        List.of()));
    }

    @Test
    void shouldKeepTheEnvironmentInNaturalOrderWhateverItsComparator() {
        TreeMap<String, String> reversed = new TreeMap<>(Comparator.<String>reverseOrder());
        reversed.put("A", "1");
        reversed.put("B", "2");
        assertEquals(
                List.of("A", "B"), List.copyOf(child(reversed).environment().keySet()));
    }

    @Test
    void shouldBeImmutable() {
        TreeMap<String, String> environment = new TreeMap<>();
        ChildPlan child = child(environment);
        environment.put("LATE", "x");
        assertTrue(child.environment().isEmpty());
        assertThrows(
                UnsupportedOperationException.class, () -> child.environment().put("A", "b"));
        assertThrows(UnsupportedOperationException.class, () -> child.argv().add("b"));
    }

    @Test
    void shouldRefuseEnvironmentNamesTheKernelCannotTell() {
        for (String name : List.of("", "A=B", "A\0")) {
            TreeMap<String, String> environment = new TreeMap<>();
            environment.put(name, "x");
            assertThrows(IllegalArgumentException.class, () -> child(environment), name);
        }
    }

    @Test
    void shouldBoundEveryBackoff() {
        assertTrue(Backoff.NONE.isNone());
        assertFalse(new Backoff(10, 2, 10_000, 60_000, 0).isNone());
        assertThrows(IllegalArgumentException.class, () -> new Backoff(-1, 2, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(11, 2, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, 0.9, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, Double.NaN, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, Double.POSITIVE_INFINITY, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Backoff(1, 2, Long.MAX_VALUE, 0, 0));
    }

    @Test
    void shouldWriteFactorsTheSameEverywhere() {
        assertEquals("2.0", new Backoff(0, 2, 0, 0, 0).factorText());
        assertEquals("1.1", new Backoff(0, 1.1, 0, 0, 0).factorText());
        assertEquals("100.0", new Backoff(0, 100, 0, 0, 0).factorText());
        assertEquals("1.001", new Backoff(0, 1.001, 0, 0, 0).factorText());
    }

    @Test
    void shouldTakeNoMoreChildrenThanTheStatusTableHasRows() {
        List<ChildPlan> one = Collections.nCopies(513, child(new TreeMap<>()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Plan(
                        "a", "/a.yaml", "/", "/", NoticeCommand.NONE, List.of(GroupPlan.INSTANCE), List.of(), one));
    }

    private static ChildPlan child(SortedMap<String, String> environment) {
        return ChildPlans.command("c").environment(environment).plan();
    }
}
