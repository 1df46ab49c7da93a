package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Goal: user code that swallows a StackOverflowError out of a commit or a rollback, and goes on changing words, changes
 * nothing that counts. Method: the error comes after each access to memory in turn; what a successor then recovers must be
 * one of the two commits whole.
 */
class InterruptedCommitTest {
    private static final int LENGTH = 64 << 10;

    private static final class Interruptible {
        final RecordingMemory memory = TestSegments.formatted(LENGTH);
        final SegmentGeometry geometry = SegmentGeometry.of(LENGTH, 0);
        final long first = geometry.arenaOffset() + geometry.arenaLength() / 2;
        final long second = first + 64;
        final CommitEngine engine;
        private int accessesLeft = Integer.MAX_VALUE;

        Interruptible() {
            engine = new CommitEngine(interrupted(), geometry, "test/unit");
            engine.restore();
            set(1);
            engine.commit();
            set(2);
        }

        private Memory interrupted() {
            return (Memory) Proxy.newProxyInstance(
                    Memory.class.getClassLoader(), new Class<?>[] {Memory.class}, (proxy, method, arguments) -> {
                        try {
                            Object result = method.invoke(memory, arguments);
                            if (--accessesLeft == 0) {
                                throw new StackOverflowError("after " + method.getName());
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause() == null ? e : e.getCause();
                        }
                    });
        }

        void set(long value) {
            engine.setLong(first, value);
            engine.setLong(second, value);
        }

        /** Whether it was interrupted at all. */
        boolean interrupt(int atAccess, Consumer<CommitEngine> call) {
            accessesLeft = atAccess;
            try {
                call.accept(engine);
                return false;
            } catch (StackOverflowError swallowed) {
                return true;
            } finally {
                accessesLeft = Integer.MAX_VALUE;
            }
        }

        void goOn() {
            try {
                set(3);
            } catch (IllegalStateException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("Call rollback()"), e::toString);
            }
            assertThrows(IllegalStateException.class, engine::commit);
        }

        CommitEngine successor() {
            CommitEngine next = new CommitEngine(memory, geometry, "test/unit");
            next.restore();
            return next;
        }
    }

    @Test
    void shouldLeaveOneOfTheTwoCommitsWhereverTheCommitIsInterrupted() {
        int access = 1;
        for (; ; access++) {
            Interruptible run = new Interruptible();
            if (!run.interrupt(access, CommitEngine::commit)) {
                break;
            }
            run.goOn();
            CommitEngine successor = run.successor();
            assertEquals(successor.sequence(), successor.getLong(run.first), "interrupted at access " + access);
            assertEquals(successor.sequence(), successor.getLong(run.second), "interrupted at access " + access);
            run.engine.restore();
            run.set(9);
            run.engine.commit();
            assertEquals(successor.sequence() + 1, run.engine.sequence());
        }
        assertTrue(access > 2, "nothing was interrupted");
    }

    @Test
    void shouldLeaveTheLastCommitWhereverARollbackIsInterrupted() {
        int access = 1;
        for (; ; access++) {
            Interruptible run = new Interruptible();
            if (!run.interrupt(access, CommitEngine::restore)) {
                break;
            }
            run.goOn();
            CommitEngine successor = run.successor();
            assertEquals(1, successor.sequence());
            assertEquals(1, successor.getLong(run.first), "interrupted at access " + access);
            assertEquals(1, successor.getLong(run.second), "interrupted at access " + access);
        }
        assertTrue(access > 10, "hardly anything was interrupted");
    }
}
