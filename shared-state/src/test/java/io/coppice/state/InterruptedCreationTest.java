package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: user code that swallows a StackOverflowError out of the creation of a structure, or out of the rollback of one, and
 * then rolls back, has taken back all that its step did. Method: the error comes after each access to memory in turn, in a
 * step that has sent a message before, which is not undone word by word.
 */
class InterruptedCreationTest {
    private static final int LENGTH = 64 << 10;

    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private int accessesLeft = Integer.MAX_VALUE;

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

    /** Whether it was interrupted at all. */
    private boolean interrupt(int atAccess, Runnable call) {
        accessesLeft = atAccess;
        try {
            call.run();
            return false;
        } catch (StackOverflowError swallowed) {
            return true;
        } finally {
            accessesLeft = Integer.MAX_VALUE;
        }
    }

    /** One message is sent and committed, and another one sent. */
    private OwnedSegment sending(byte[] start, Checksum checksum) {
        System.arraycopy(start, 0, memory.bytes(), 0, start.length);
        OwnedSegment owner = TestSegments.own(interrupted(), 1);
        owner.recover(checksum);
        Broadcast ring = owner.state().broadcast("ring", 512);
        ring.offer(new byte[8]);
        owner.state().commit();
        ring.offer(new byte[8]);
        return owner;
    }

    private static void create(State state) {
        state.published("created", RecordPlayer.COUNTERS);
    }

    private void assertGoesOn(OwnedSegment owner, int access) {
        String where = "interrupted at access " + access;
        assertEquals(1, owner.state().broadcast("ring", 512).messages(), where);
        create(owner.state());
        owner.state().commit();
        owner.state().broadcast("ring", 512).offer(new byte[8]);
        owner.state().commit();
        OwnedSegment successor = TestSegments.own(memory, 2);
        successor.recover();
        assertEquals(2, successor.state().broadcast("ring", 512).messages(), where);
        assertEquals(2, successor.state().structures().size(), where);
    }

    /** Whatever it was that failed, nothing is committed before it was rolled back. */
    private static void assertRefused(OwnedSegment owner, int access) {
        if (owner.state().dirty()) {
            assertThrows(IllegalStateException.class, owner.state()::commit, () -> "interrupted at access " + access);
        }
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldTakeBackWhatWasSentWhereverACreationIsInterrupted(Checksum checksum) {
        byte[] start = memory.copy();
        int access = 1;
        for (; ; access++) {
            OwnedSegment owner = sending(start, checksum);
            if (!interrupt(access, () -> create(owner.state()))) {
                break;
            }
            owner.state().rollback();
            assertGoesOn(owner, access);
        }
        assertTrue(access > 10, "hardly anything was interrupted");
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldTakeItBackWhereverTheRollbackOfACreationIsInterrupted(Checksum checksum) {
        byte[] start = memory.copy();
        int access = 1;
        for (; ; access++) {
            OwnedSegment owner = sending(start, checksum);
            create(owner.state());
            if (!interrupt(access, owner.state()::rollback)) {
                break;
            }
            assertRefused(owner, access);
            owner.state().rollback();
            assertGoesOn(owner, access);
        }
        assertTrue(access > 10, "hardly anything was interrupted");
    }
}
