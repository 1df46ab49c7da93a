package io.coppice.worker.libc;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * The C library's robust mutexes that processes share ({@code pthread_mutexattr_setrobust(3)}): the kernel marks the word of
 * one whose holder dies. A mutex belongs to the thread that locked it, which alone can unlock it, before its memory is unmapped.
 * Once loaded, any thread; no call blocks or allocates.
 */
public final class RobustMutex {
    /** More than a {@code pthread_mutex_t} has with any C library and on any machine. */
    private static final int LENGTH = 64;

    private static final int PROCESS_SHARED = 1;
    private static final int ROBUST = 1;

    /** Bits of the word that are the holder's thread id. */
    private static final int TID = 0x3fff_ffff;

    /** Where jffi looks for its native part before it unpacks one into a temporary file. */
    private static final String NATIVE_PART = "jffi.boot.library.path";

    private final Invoker calls = Invoker.getInstance();
    private final MemoryIO memory = MemoryIO.getInstance();
    private final CallContext ofOne = context(Type.POINTER);
    private final CallContext ofTwo = context(Type.POINTER, Type.POINTER);
    private final CallContext ofPointerAndInt = context(Type.POINTER, Type.SINT);
    private final long initialise = address("pthread_mutex_init");
    private final long tryLock = address("pthread_mutex_trylock");
    private final long unlock = address("pthread_mutex_unlock");

    /** Of native memory, never freed: 64 bytes for the life of the process. */
    private final long attributes = memory.allocateMemory(LENGTH, true);

    private RobustMutex() {
        succeed("pthread_mutexattr_init", callOne(address("pthread_mutexattr_init"), attributes));
        set("pthread_mutexattr_setpshared", PROCESS_SHARED);
        set("pthread_mutexattr_setrobust", ROBUST);
    }

    /**
     * Loads jffi and the functions, and tries them on memory of its own: 50 ms and more. Any thread.
     *
     * @throws LinkageError if jffi is not on the class path, or its native part cannot be loaded
     * @throws IllegalStateException if the C library has no such mutexes, or keeps their word in another place than glibc does
     * @throws IOException if the kernel does not tell this thread's id
     */
    public static RobustMutex load() throws IOException {
        findNativePart();
        RobustMutex loaded = new RobustMutex();
        loaded.requireKnownLayout();
        return loaded;
    }

    /**
     * Makes a new mutex of 64 bytes of memory, and locks it.
     *
     * @param address aligned to 16
     * @return its word: the id of this thread
     * @throws IllegalStateException if that fails; nobody holds it then
     */
    public int take(long address) {
        succeed("pthread_mutex_init", (int) calls.invokeN2(ofTwo, initialise, address, attributes));
        succeed("pthread_mutex_trylock", callOne(tryLock, address));
        int word = memory.getInt(address);
        if (word == 0 || (word & TID) != word) {
            release(address);
            throw new IllegalStateException("this C library's mutex says " + Integer.toHexString(word)
                    + " where glibc's has the id of the thread that holds it");
        }
        return word;
    }

    /**
     * Gives a mutex back; its word is 0 then, and who waits for that is woken.
     *
     * @throws IllegalStateException if this thread does not hold it
     */
    public void release(long address) {
        succeed("pthread_mutex_unlock", callOne(unlock, address));
    }

    private void requireKnownLayout() throws IOException {
        long own = memory.allocateMemory(LENGTH, true);
        int taken = take(own);
        release(own);
        int released = memory.getInt(own);
        memory.freeMemory(own);
        String thread = Files.readSymbolicLink(Path.of("/proc/thread-self"))
                .getFileName()
                .toString();
        if (!thread.equals(Integer.toString(taken)) || released != 0) {
            throw new IllegalStateException("this C library's mutex says " + taken + " while thread " + thread
                    + " holds it, and " + released + " afterwards");
        }
    }

    /** Unpacked beside jffi's jar, it needs no temporary file, nor a directory for one that programs may be run from. */
    private static void findNativePart() {
        CodeSource jar = Library.class.getProtectionDomain().getCodeSource();
        if (jar == null || System.getProperty(NATIVE_PART) != null) {
            return;
        }
        try {
            Path beside = Path.of(jar.getLocation().toURI()).resolveSibling("jni");
            System.setProperty(NATIVE_PART, beside.toString());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("jffi's jar has an address that is none: " + jar.getLocation(), e);
        }
    }

    private void set(String attribute, int value) {
        succeed(attribute, (int) calls.invokeN2(ofPointerAndInt, address(attribute), attributes, value));
    }

    private int callOne(long function, long argument) {
        return (int) calls.invokeN1(ofOne, function, argument);
    }

    private static CallContext context(Type... parameters) {
        return CallContext.getCallContext(Type.SINT, parameters, CallingConvention.DEFAULT, false);
    }

    private static long address(String function) {
        long address = Library.getDefault().getSymbolAddress(function);
        if (address == 0) {
            throw new IllegalStateException("this C library has no " + function);
        }
        return address;
    }

    private static void succeed(String function, int error) {
        if (error != 0) {
            throw new IllegalStateException(function + " answers error " + error);
        }
    }
}
