package io.coppice.ops.system.daemons;

import static io.coppice.ops.system.daemons.Libc.C;
import static io.coppice.ops.system.daemons.Libc.done;

import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * Ends its first thread and goes on: by /proc it is dead then. A Java program never runs on that thread, so a signal has it execute exit(2), the call
 * that ends one thread. Says {@code begun}, and ends when there is a file {@code stop} in the directory that is its first argument.
 */
final class Hides {
    private static final boolean X86_64 = System.getProperty("os.arch").equals("amd64");
    private static final long TGKILL = X86_64 ? 234 : 131;
    private static final int SIGUSR1 = 10;
    private static final int PAGE = 4096;
    private static final int PROT_READ_EXEC = 5;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    /** mov eax, 60; syscall. */
    private static final byte[] EXIT_X86_64 = {(byte) 0xb8, 60, 0, 0, 0, 0x0f, 5};

    /** mov x8, #93; svc #0. */
    private static final byte[] EXIT_AARCH64 = {(byte) 0xa8, 0x0b, (byte) 0x80, (byte) 0xd2, 1, 0, 0, (byte) 0xd4};

    private Hides() {}

    public static void main(String[] arguments) throws Exception {
        byte[] code = X86_64 ? EXIT_X86_64 : EXIT_AARCH64;
        Pointer exit = C.mmap(null, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        done("mmap", exit.address() == -1 ? -1 : 0);
        exit.put(0, code, 0, code.length);
        done("mprotect", C.mprotect(exit, PAGE, PROT_READ_EXEC));
        C.signal(SIGUSR1, exit);
        long pid = ProcessHandle.current().pid();
        done("tgkill", C.syscall(TGKILL, pid, pid, SIGUSR1, 0));
        Path status = Path.of("/proc/" + pid + "/stat");
        while (!Files.readString(status).contains(") Z ")) {
            Thread.onSpinWait();
        }
        System.err.println("begun");
        Path stop = Path.of(arguments[0], "stop");
        while (!Files.exists(stop)) {
            Thread.sleep(100);
        }
        Runtime.getRuntime().halt(0);
    }
}
