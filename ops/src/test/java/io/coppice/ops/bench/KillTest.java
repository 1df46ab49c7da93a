package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandFailedException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KillTest {
    private final Process victim;

    KillTest() throws Exception {
        victim = new ProcessBuilder("sleep", "1000000").start();
    }

    @AfterEach
    void endVictim() throws InterruptedException {
        victim.destroyForcibly().waitFor();
    }

    @ParameterizedTest
    @EnumSource
    void shouldWaitForTheFirstStepOfTheSuccessor(Kill.Successor successor) throws Exception {
        Script steps = new Script(
                (int) victim.pid(),
                List.of(
                        new Moment(4, 100), // when the kill begins
                        new Moment(4, 100),
                        new Moment(4, 101), // a last step of the victim
                        new Moment(5, 0), // the successor has the state
                        new Moment(5, 1),
                        new Moment(5, 2)));

        Kill kill = Kill.of(steps, successor, "x");

        assertEquals(new Moment(5, 1), steps.now());
        assertTrue(kill.noticeNs() > 0 && kill.commitNs() > 0, kill.toString());
        assertEquals(128 + 9, victim.waitFor());
    }

    @Test
    void shouldNotKillWhatHasASuccessorAlready() {
        Script steps = new Script((int) victim.pid(), List.of(new Moment(4, 100), new Moment(5, 0)));

        CommandFailedException refused =
                assertThrows(CommandFailedException.class, () -> Kill.of(steps, Kill.Successor.READY, "cold-32"));

        assertEquals("bench: cold-32 died before it was killed.", refused.getMessage());
        assertTrue(victim.isAlive());
    }

    /** What a look shows. */
    private record Moment(long incarnation, long steps) {}

    /** Each look at the incarnation is the next moment; the last one stays. */
    private static final class Script implements StepView {
        private final int pid;
        private final List<Moment> moments;
        private int at = -1;

        Script(int pid, List<Moment> moments) {
            this.pid = pid;
            this.moments = moments;
        }

        Moment now() {
            return moments.get(at);
        }

        @Override
        public long incarnation() {
            at = Math.min(at + 1, moments.size() - 1);
            return now().incarnation();
        }

        @Override
        public long steps() {
            return now().steps();
        }

        @Override
        public int pid() {
            return pid;
        }

        @Override
        public void close() {}
    }
}
