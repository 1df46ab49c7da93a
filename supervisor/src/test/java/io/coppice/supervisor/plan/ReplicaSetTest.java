package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaSetTest {
    @Test
    void shouldNameItsChildrenAndKnowThemByTheirNames() {
        assertEquals(List.of("web.1", "web.2", "web.3"), new ReplicaSet("web", 5, 3).childNames());
        assertEquals(List.of(), new ReplicaSet("web", 5, 0).childNames());
        assertEquals("web", ReplicaSet.setOf("web.12"));
        assertNull(ReplicaSet.setOf("web"));
        assertNull(ReplicaSet.setOf("web.12@1"), "a slot of a replica");
    }

    @Test
    void shouldBeScaledWhileThereAreAsManyAsTheManifestDoesNotSay() {
        assertFalse(new ReplicaSet("web", 3, 3).isScaled());
        assertTrue(new ReplicaSet("web", 3, 2).isScaled());
    }

    @Test
    void shouldBoundNamesAndNumbers() {
        assertEquals(512, new ReplicaSet("a".repeat(28), 512, 512).childNames().size());
        assertThrows(IllegalArgumentException.class, () -> new ReplicaSet("a".repeat(29), 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new ReplicaSet("web", -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new ReplicaSet("web", 1, 513));
    }

    /** What somebody scaled to nothing may come back; what is declared with none is no reason to stay, unless there is no other. */
    @Test
    void shouldKeepTheInstanceUpWhereItIsScaledToNothing() {
        ReplicaSet one = new ReplicaSet("web", 1, 1);
        ReplicaSet scaled = new ReplicaSet("api", 1, 0);
        ReplicaSet declared = new ReplicaSet("api", 0, 0);
        assertFalse(plan(one).isOpenEnded());
        assertTrue(plan(one, scaled).isOpenEnded());
        assertFalse(plan(one, declared).isOpenEnded());
        assertTrue(plan(declared).isOpenEnded());
        assertFalse(plan().isOpenEnded());
    }

    private static Plan plan(ReplicaSet... sets) {
        List<ChildPlan> children = List.of(sets).stream()
                .flatMap(set -> set.childNames().stream())
                .map(name -> ChildPlans.command(name).plan())
                .toList();
        return new Plan(
                "shop", "/m", "/d", "/s", NoticeCommand.NONE, List.of(GroupPlan.INSTANCE), List.of(sets), children);
    }
}
