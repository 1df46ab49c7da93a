package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

/**
 * Ends its first thread, and goes on: its state is that of a dead process then. Says {@code hidden}. A Java program never runs on that thread, so a
 * signal has it execute exit(2), the call that ends one thread. Argument: a directory for the two instructions.
 */
final class HiddenLeaderProbe {
    private static final int SIGUSR1 = 10;
    private static final int PROT_READ_EXEC = 5;
    private static final int MAP_PRIVATE = 2;
    private static final long TGKILL = Kernel.X86_64 ? 234 : 131;
    private static final Calls C = LibraryLoader.create(Calls.class).load("c");

    /** mov eax, 60; syscall. */
    private static final byte[] EXIT_X86_64 = {(byte) 0xb8, 60, 0, 0, 0, 0x0f, 5};

    /** mov x8, #93; svc #0. */
    private static final byte[] EXIT_AARCH64 = {(byte) 0xa8, 0x0b, (byte) 0x80, (byte) 0xd2, 1, 0, 0, (byte) 0xd4};

    private HiddenLeaderProbe() {}

    /** Functions of the C library that the product does not use. */
    public interface Calls {
        Pointer signal(int signal, Pointer handler);
    }

    /** What starts it, with a directory for its code. */
    static List<String> command(Path directory) {
        return ChildJvm.command(HiddenLeaderProbe.class, directory.toString());
    }

    public static void main(String[] arguments) throws Exception {
        Path code = Files.createTempFile(Path.of(arguments[0]), "exit", "");
        Files.write(code, Kernel.X86_64 ? EXIT_X86_64 : EXIT_AARCH64);
        int fd = PathCalls.open(code.toString(), Kernel.O_RDONLY, 0);
        C.signal(SIGUSR1, Kernel.LIBC.mmap(null, 4096, PROT_READ_EXEC, MAP_PRIVATE, fd, 0));
        int pid = (int) ProcessHandle.current().pid();
        assertEquals(0, Kernel.SYSCALL_4.syscall(TGKILL, pid, pid, SIGUSR1, 0));
        ProcessTable table = new ProcessTable();
        while (!table.isDying(pid)) {
            Thread.sleep(1);
        }
        System.out.println("hidden");
        Thread.sleep(Long.MAX_VALUE);
    }
}
