package io.coppice.state;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * How to read the loop word of a segment: the futex of a robust mutex that an owner's loop thread holds for as long as it
 * lives, if it is one that is fenced by it ({@link Fence#WORD}). When that thread dies, whatever of, the kernel marks the word
 * before it gives the process's memory and locks back. The bits are the kernel's (linux/futex.h).
 *
 * <p>Nobody but the owner writes it, so it may say anything: a reader acts on a mark only if the kernel says the same of the
 * process in another way.
 */
public final class LoopWord {
    /** Somebody waits for the word to change: the kernel, and libc at an unlock, wake them. */
    static final int WAITERS = 0x8000_0000;

    private static final int OWNER_DIED = 0x4000_0000;
    private static final int TID = 0x3fff_ffff;

    private LoopWord() {}

    /** Whether a thread holds the mutex that was not dead when the word was read. */
    public static boolean isHeld(int word) {
        return tid(word) != 0 && !isMarked(word);
    }

    /** Whether the thread that held it died holding it. */
    public static boolean isMarked(int word) {
        return (word & OWNER_DIED) != 0;
    }

    /** Whether the kernel wakes a waiter when it marks the word. */
    public static boolean isAnnounced(int word) {
        return (word & WAITERS) != 0;
    }

    /** Thread id of the holder, in its own pid namespace; 0 none. A mark of the kernel's erases it. */
    public static int tid(int word) {
        return word & TID;
    }

    /**
     * The word of a segment's file, without mapping it; 0 if there is no such file, or it is too short to have one. No load that follows is made
     * before it. Any process.
     *
     * @throws SegmentException if the file cannot be read
     */
    static int read(Path segment) throws SegmentException {
        try (FileChannel file = FileChannel.open(segment, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
            int length = file.read(word, HeaderLayout.LOOP_LOCK_OFFSET);
            VarHandle.acquireFence();
            return length == Integer.BYTES ? word.getInt(0) : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new SegmentException("Cannot read segment " + segment + ": " + e, e);
        }
    }
}
