package io.coppice.supervisor.os;

import jnr.ffi.Pointer;

/** A filter's program in native memory as seccomp(2) takes it, for as long as this object is reachable. */
final class LoadedFilter {
    /** struct sock_fprog: the number of instructions, 16 bits, and at 8 their address. */
    private static final int FPROG_BYTES = 16;

    private static final int FPROG_FILTER_OFFSET = 8;

    private final Pointer instructions;
    private final Pointer fprog = Kernel.allocate(FPROG_BYTES);

    LoadedFilter(long[] program) {
        instructions = Kernel.allocate(program.length * Long.BYTES);
        instructions.put(0, program, 0, program.length);
        fprog.putShort(0, (short) program.length);
        fprog.putLong(FPROG_FILTER_OFFSET, instructions.address());
    }

    /** Of the struct sock_fprog. */
    long address() {
        return fprog.address();
    }
}
