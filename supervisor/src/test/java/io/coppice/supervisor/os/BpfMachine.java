package io.coppice.supervisor.os;

import io.coppice.supervisor.os.RefusedCall.Machine;

/** Runs a filter as the kernel does: over the number, the architecture and the arguments of one call. */
final class BpfMachine {
    private final long[] program;

    BpfMachine(long[] program) {
        this.program = program;
    }

    int decide(Machine machine, int number, long... arguments) {
        return decide(machine.audit(), number, arguments);
    }

    int decide(int architecture, int number, long... arguments) {
        int accumulator = 0;
        int at = 0;
        while (true) {
            long instruction = program[at++];
            int code = (int) (instruction & 0xffff);
            int ifTrue = (int) (instruction >> 16 & 0xff);
            int ifFalse = (int) (instruction >> 24 & 0xff);
            int operand = (int) (instruction >> 32);
            switch (code) {
                case BpfProgram.RETURN -> {
                    return operand;
                }
                case BpfProgram.LOAD -> accumulator = word(operand, architecture, number, arguments);
                case BpfProgram.AND -> accumulator &= operand;
                case BpfProgram.JUMP_IF_EQUAL -> at += accumulator == operand ? ifTrue : ifFalse;
                case BpfProgram.JUMP_IF_AT_LEAST ->
                    at += Integer.compareUnsigned(accumulator, operand) >= 0 ? ifTrue : ifFalse;
                case BpfProgram.JUMP_IF_ANY_BIT -> at += (accumulator & operand) != 0 ? ifTrue : ifFalse;
                default -> throw new AssertionError("no such instruction: " + Integer.toHexString(code) + " at " + at);
            }
        }
    }

    /** 32 bits of struct seccomp_data. */
    private static int word(int offset, int architecture, int number, long[] arguments) {
        if (offset == 0) {
            return number;
        }
        if (offset == 4) {
            return architecture;
        }
        int argument = (offset - 16) / Long.BYTES;
        long value = argument < arguments.length ? arguments[argument] : 0;
        return (int) (offset % Long.BYTES == 0 ? value : value >> 32);
    }
}
