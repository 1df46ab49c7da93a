package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.OrderCode;
import io.coppice.supervisor.plan.ControlAccess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessControlTest {
    private static final long OWN = 500;
    private static final long LOOKERS = 1001;
    private static final ControlAccess SHARED = new ControlAccess(LOOKERS, List.of(700L, 4_294_967_294L), List.of(27L));

    private static Right of(ControlAccess access, long uid, Long... groups) {
        return AccessControl.of(access, OWN, uid, Set.of(groups)::contains);
    }

    @Test
    void shouldServeOnlyItsOwnUserAndUserZeroWithoutAGroup() {
        assertEquals(Right.OWN, of(ControlAccess.OWN_USER, OWN));
        assertEquals(Right.OWN, of(ControlAccess.OWN_USER, 0));
        assertEquals(Right.NONE, of(ControlAccess.OWN_USER, 700, LOOKERS, 27L, OWN, 0L));
    }

    @Test
    void shouldLetMembersOfTheGroupLook() {
        assertEquals(Right.LOOK, of(SHARED, 600, 600L, LOOKERS));
        assertEquals(Right.NONE, of(SHARED, 600, 600L, 1002L, 0L));
    }

    @Test
    void shouldLetChangeWhomUserOrGroupAllows() {
        assertEquals(Right.CHANGE, of(SHARED, 700, LOOKERS));
        assertEquals(Right.CHANGE, of(SHARED, 4_294_967_294L, LOOKERS));
        assertEquals(Right.CHANGE, of(SHARED, 600, LOOKERS, 27L));
        assertEquals(Right.OWN, of(SHARED, OWN));
        assertEquals(Right.OWN, of(SHARED, 0));
    }

    @Test
    void shouldAskForTheSameRightOfEveryChangeAndForMoreOfWhatIsThePlans() {
        assertEquals(Right.LOOK, needed("ping"));
        assertEquals(Right.LOOK, needed("mumble"));
        for (String change : List.of(
                "stop web",
                "start web",
                "restart web",
                "kill web KILL",
                "retry web 1-17",
                "retry-afresh web all",
                "drop web all",
                "shutdown")) {
            assertEquals(Right.CHANGE, needed(change), change);
        }
        assertEquals(Right.OWN, needed("probe web 1 ready"));
        assertEquals(Right.OWN, needed("reload plan-a1.next " + "0".repeat(64)));
    }

    @Test
    void shouldNameTheVerbThatWasAskedFor() {
        assertEquals("kill", parsed("kill web KILL").verb());
        assertEquals(
                OrderCode.RETRY_AFRESH.word(), parsed("retry-afresh web all").verb());
        assertEquals("reload", parsed("reload plan-a1.next " + "0".repeat(64)).verb());
    }

    @Test
    void shouldIncludeTheLesserRights() {
        assertTrue(Right.OWN.includes(Right.CHANGE) && Right.CHANGE.includes(Right.LOOK));
        assertTrue(!Right.LOOK.includes(Right.CHANGE) && !Right.NONE.includes(Right.LOOK));
    }

    private static Right needed(String request) {
        return Right.neededFor(parsed(request));
    }

    private static ControlRequest parsed(String request) {
        byte[] line = ("coppice/1 " + request).getBytes(StandardCharsets.UTF_8);
        return ControlRequest.parse(line, line.length);
    }
}
