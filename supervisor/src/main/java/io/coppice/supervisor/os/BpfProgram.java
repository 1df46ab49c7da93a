package io.coppice.supervisor.os;

import io.coppice.supervisor.os.RefusedCall.Machine;
import java.util.Arrays;

/**
 * Writes a filter of system calls, from the first instruction to the last. Every block that belongs to a call's number ends in an answer, so behind a
 * block the accumulator holds the number of a call still undecided. Numbers from include/uapi/linux/bpf_common.h, filter.h and seccomp.h.
 *
 * <p>Arguments are compared by their lower 32 bits, which come first: both machines are little-endian.
 */
final class BpfProgram {
    static final int RET_ALLOW = 0x7fff0000;
    static final int RET_ERRNO = 0x00050000;
    /** Linux 5.0: whoever holds the filter's listener decides; without one the call does not exist. */
    static final int RET_USER_NOTIF = 0x7fc00000;

    static final int RET_KILL_PROCESS = 0x80000000;

    /** BPF_LD | BPF_W | BPF_ABS: load 32 bits of struct seccomp_data. */
    static final int LOAD = 0x20;
    /** BPF_ALU | BPF_AND | BPF_K. */
    static final int AND = 0x54;
    /** BPF_JMP | BPF_JEQ | BPF_K. */
    static final int JUMP_IF_EQUAL = 0x15;
    /** BPF_JMP | BPF_JGE | BPF_K, unsigned. */
    static final int JUMP_IF_AT_LEAST = 0x35;
    /** BPF_JMP | BPF_JSET | BPF_K. */
    static final int JUMP_IF_ANY_BIT = 0x45;
    /** BPF_RET | BPF_K. */
    static final int RETURN = 0x06;

    /** struct seccomp_data: nr, arch, instruction pointer, six arguments of 64 bits. */
    private static final int NUMBER_OFFSET = 0;

    private static final int ARCHITECTURE_OFFSET = 4;
    private static final int ARGUMENTS_OFFSET = 16;

    /** __X32_SYSCALL_BIT of arch/x86/include/uapi/asm/unistd.h: the same architecture to a filter, other calls. */
    private static final int X32_BIT = 0x40000000;

    private static final int REFUSE = RET_ERRNO | Errno.EPERM;
    private static final int MOST = 4096;

    private final long[] instructions = new long[MOST];
    private int length;

    /** Ends the process for another architecture, says ENOSYS to x32 (and to -1, which is no call), and loads the number. */
    void startFor(Machine machine) {
        write(LOAD, 0, 0, ARCHITECTURE_OFFSET);
        write(JUMP_IF_EQUAL, 1, 0, machine.audit());
        write(RETURN, 0, 0, RET_KILL_PROCESS);
        write(LOAD, 0, 0, NUMBER_OFFSET);
        if (machine == Machine.X86_64) {
            write(JUMP_IF_AT_LEAST, 0, 1, X32_BIT);
            write(RETURN, 0, 0, RET_ERRNO | Errno.ENOSYS);
        }
    }

    /** Refuses a call with an error number. */
    void answer(int number, int errno) {
        write(JUMP_IF_EQUAL, 0, 1, number);
        write(RETURN, 0, 0, RET_ERRNO | errno);
    }

    /** Has a call wait for the word of whoever holds the filter's listener. */
    void ask(int number) {
        write(JUMP_IF_EQUAL, 0, 1, number);
        write(RETURN, 0, 0, RET_USER_NOTIF);
    }

    /** Refuses a call if its argument, by this mask, is one of these values. */
    void refuseIf(int number, int argument, int mask, int... values) {
        write(JUMP_IF_EQUAL, 0, values.length + 4, number);
        loadArgument(argument);
        write(AND, 0, 0, mask);
        for (int i = 0; i < values.length; i++) {
            write(JUMP_IF_EQUAL, values.length - i, 0, values[i]); // over the other values and the next answer
        }
        write(RETURN, 0, 0, RET_ALLOW);
        write(RETURN, 0, 0, REFUSE);
    }

    /** Refuses a call if its argument has one of these bits. */
    void refuseIfAnyBit(int number, int argument, int bits) {
        write(JUMP_IF_EQUAL, 0, 4, number);
        loadArgument(argument);
        write(JUMP_IF_ANY_BIT, 1, 0, bits);
        write(RETURN, 0, 0, RET_ALLOW);
        write(RETURN, 0, 0, REFUSE);
    }

    /** Refuses a call unless each argument is the value behind it. */
    void refuseUnless(int number, int... argumentsAndValues) {
        write(JUMP_IF_EQUAL, 0, argumentsAndValues.length + 2, number);
        for (int i = 0; i < argumentsAndValues.length; i += 2) {
            loadArgument(argumentsAndValues[i]);
            write(JUMP_IF_EQUAL, 0, argumentsAndValues.length - i - 1, argumentsAndValues[i + 1]); // to the last answer
        }
        write(RETURN, 0, 0, RET_ALLOW);
        write(RETURN, 0, 0, REFUSE);
    }

    /** The end: what was not decided is allowed. */
    void allow() {
        write(RETURN, 0, 0, RET_ALLOW);
    }

    long[] instructions() {
        return Arrays.copyOf(instructions, length);
    }

    private void loadArgument(int argument) {
        write(LOAD, 0, 0, ARGUMENTS_OFFSET + argument * Long.BYTES);
    }

    /** struct sock_filter: code 16 bits, jump if true 8, jump if false 8, operand 32. */
    private void write(int code, int ifTrue, int ifFalse, int operand) {
        instructions[length++] = code | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) operand << 32;
    }
}
