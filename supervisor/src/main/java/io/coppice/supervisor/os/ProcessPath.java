package io.coppice.supervisor.os;

import jnr.ffi.Pointer;

/** The path of a file in {@code /proc/PID}, for C, put together in place from numbers and constant parts. One thread; nothing here allocates. */
final class ProcessPath {
    private static final int CAPACITY_BYTES = 64;
    private static final byte[] PROC = {'/', 'p', 'r', 'o', 'c', '/'};

    private final Pointer bytes = Kernel.allocate(CAPACITY_BYTES);

    ProcessPath() {
        bytes.put(0, PROC, 0, PROC.length);
    }

    /** The path; its last part has to end with a zero. */
    Pointer bytes() {
        return bytes;
    }

    /**
     * Begins anew.
     *
     * @return where the next part goes
     */
    int startWith(int pid) {
        return put(PROC.length, pid);
    }

    /** Appends a part, and returns where it ends. */
    int put(int at, byte[] part) {
        bytes.put(at, part, 0, part.length);
        return at + part.length;
    }

    /**
     * In decimal.
     *
     * @param value 0 or more
     * @return where the digits end
     */
    int put(int at, long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes.putByte(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        return at + digits;
    }
}
