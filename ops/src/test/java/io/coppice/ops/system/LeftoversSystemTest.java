package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.system.IsolationMatrix.Column;
import io.coppice.ops.system.daemons.Leftover;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: with isolation nothing of a transaction outlives it. Method: transactions that leave processes behind, in all ways known, with and without. */
class LeftoversSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final HostileShop shop = new HostileShop(coppice);

    /**
     * Neither what hides among the dead nor what is always a new process, with a session of its own, if it can have one. It is not Landlock that keeps them, so
     * its lowest level stands for those below the highest.
     */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "USER", "SANDBOX", "SANDBOX_1"})
    void shouldLeaveNothingOfATransactionBesideTheNextOne(Column column) throws Exception {
        HostileShop.skipWhereItCannotBe(column);
        Coppice.Root root = startLeaver(column);
        LeftProcesses left = new LeftProcesses(coppice);
        for (Leftover leftover : Leftover.values()) {
            int group = leave(leftover);
            if (IsolationMatrix.isRefused(leftover, column)) {
                left.assertNone(leftover, group);
            } else {
                left.assertThatThereAre(leftover);
            }
        }
        shop.told("stop", "");
        left.awaitNone();
        shop.assertServed(root, "what transactions have left behind");
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(List.of(), HostileShop.complaints(root), root.stderr());
    }

    /** Then it is looked for in all of /proc. */
    @ParameterizedTest
    @EnumSource(names = "USER")
    void shouldFindWhatIsLeftOfAUserWhereTheKernelKeepsNobodyInAGroup(Column column) throws Exception {
        HostileShop.skipWhereItCannotBe(column);
        shop.keepNobodyInAGroup();
        Coppice.Root root = startLeaver(column);
        String status = coppice.run("status").out();
        assertTrue(status.contains("isolation: user (with gaps: what a transaction leaves behind"), status);
        LeftProcesses left = new LeftProcesses(coppice);
        for (Leftover leftover : List.of(Leftover.SESSION, Leftover.HIDDEN)) {
            left.assertNone(leftover, leave(leftover));
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    private Coppice.Root startLeaver(Column column) throws Exception {
        shop.prepare();
        Coppice.Root root = shop.run(column, "", List.of(), """
                  leaver:
                    main: io.coppice.ops.system.daemons.Leaver
                    args: [%s]
                    transactions: {slots: 1, retries: 0, timeout: 300s}
                """.formatted(shop.told()));
        coppice.awaitState("leaver", HostileShop.READY);
        return root;
    }

    /** Returns once the next transaction in the slot is over, the process of the one that left it. */
    private int leave(Leftover leftover) throws Exception {
        shop.told(leftover.name(), "");
        int group = pidIn(shop.await("leaver", leftover + " was left by "), leftover + " was left by ");
        shop.told("after-" + leftover, "");
        shop.await("leaver", "after-" + leftover + " is done by ");
        return group;
    }

    private static int pidIn(String log, String before) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(before) + "(\\d+)$").matcher(log);
        assertTrue(line.find(), log);
        return Integer.parseInt(line.group(1));
    }
}
