package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MainClassTest {
    private static boolean initialised;

    private abstract static class Nothing implements Daemon {
        @Override
        public void start(DaemonContext context) {}

        @Override
        public Next step() {
            return Next.DONE;
        }
    }

    private static final class Hidden extends Nothing {
        static {
            initialised = true;
        }

        private Hidden() {}
    }

    private static final class Throwing extends Nothing {
        static final IOException WHY = new IOException("no disk");

        private Throwing() throws IOException {
            throw WHY;
        }
    }

    @Test
    void shouldNotInitialiseAClassThatIsPrepared() throws Exception {
        MainClass.prepare(Hidden.class.getName());
        assertFalse(initialised);

        Daemon first = MainClass.instantiate(Hidden.class.getName());

        assertTrue(initialised);
        assertInstanceOf(Hidden.class, first);
        assertNotSame(first, MainClass.instantiate(Hidden.class.getName()));
    }

    @Test
    void shouldTellTheSameOfAConstructorThatThrowsWhetherPreparedOrNot() throws Exception {
        UnusableMainClassException cold =
                assertThrows(UnusableMainClassException.class, () -> MainClass.instantiate(Throwing.class.getName()));
        MainClass.prepare(Throwing.class.getName());
        UnusableMainClassException warm =
                assertThrows(UnusableMainClassException.class, () -> MainClass.instantiate(Throwing.class.getName()));

        assertEquals(cold.getMessage(), warm.getMessage());
        assertSame(Throwing.WHY, cold.getCause());
        assertSame(Throwing.WHY, warm.getCause());
    }

    @Test
    void shouldLeaveAnAbstractClassToTheWorker() throws Exception {
        MainClass.prepare(Nothing.class.getName());

        UnusableMainClassException refused =
                assertThrows(UnusableMainClassException.class, () -> MainClass.instantiate(Nothing.class.getName()));
        assertTrue(refused.getMessage().contains("abstract"), refused.getMessage());
    }
}
