package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.RefusedCall.Condition;
import io.coppice.supervisor.os.RefusedCall.Machine;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompFilterTest {
    private static final int ALLOW = BpfProgram.RET_ALLOW;
    private static final int EPERM = BpfProgram.RET_ERRNO | Errno.EPERM;
    private static final int ENOSYS = BpfProgram.RET_ERRNO | Errno.ENOSYS;
    private static final long UPPER = 0x7_0000_0000L;

    @ParameterizedTest
    @EnumSource
    void shouldRefuseEachCallByItsConditionAndAllowEveryOtherNumber(Machine machine) {
        BpfMachine filter = new BpfMachine(SeccompFilter.program(machine, false));
        Set<Integer> listed = new HashSet<>();
        for (RefusedCall call : RefusedCall.values()) {
            int number = call.number(machine);
            if (number != Machine.NONE) {
                assertTrue(listed.add(number), () -> call + " has a number that another has");
                check(filter, machine, number, call);
            }
        }
        for (int number = 0; number < 1000; number++) {
            if (!listed.contains(number)) {
                assertEquals(ALLOW, filter.decide(machine, number, -1, -1, -1, -1, -1, -1), "call " + number);
            }
        }
    }

    private static void check(BpfMachine filter, Machine machine, int number, RefusedCall call) {
        Condition condition = call.condition();
        if (condition instanceof Condition.Always always) {
            assertEquals(BpfProgram.RET_ERRNO | always.errno(), filter.decide(machine, number), call::toString);
        } else if (condition instanceof Condition.IfArgument argument) {
            long[] arguments = new long[6];
            for (int value : argument.values()) {
                arguments[argument.argument()] = UPPER | Integer.toUnsignedLong(value);
                assertEquals(EPERM, filter.decide(machine, number, arguments), call + " with " + value);
                arguments[argument.argument()] = Integer.toUnsignedLong(value ^ argument.mask() & 1);
                assertEquals(ALLOW, filter.decide(machine, number, arguments), call + " with another than " + value);
            }
        } else if (condition instanceof Condition.IfAnyBit bits) {
            long[] arguments = new long[6];
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                arguments[bits.argument()] = UPPER | 1L << bit;
                boolean refused = (bits.bits() >> bit & 1) == 1;
                assertEquals(refused ? EPERM : ALLOW, filter.decide(machine, number, arguments), call + " bit " + bit);
            }
        } else {
            Condition.UnlessArguments unless = (Condition.UnlessArguments) condition;
            long[] arguments = new long[6];
            for (int i = 0; i < unless.argumentsAndValues().length; i += 2) {
                arguments[unless.argumentsAndValues()[i]] = UPPER | unless.argumentsAndValues()[i + 1];
            }
            assertEquals(ALLOW, filter.decide(machine, number, arguments), call::toString);
            for (int i = 0; i < unless.argumentsAndValues().length; i += 2) {
                long[] other = arguments.clone();
                other[unless.argumentsAndValues()[i]] ^= 1 << 20;
                assertEquals(EPERM, filter.decide(machine, number, other), call + " with another argument " + i);
            }
        }
    }

    @Test
    void shouldRefuseWhatItIsForOnTheMachineThatThisIs() {
        // Numbers written out again, as they stand in the kernel's tables, against a slip in one of the columns.
        BpfMachine filter = new BpfMachine(SeccompFilter.program(Machine.X86_64, true));
        assertEquals(EPERM, filter.decide(Machine.X86_64, 90), "chmod");
        assertEquals(EPERM, filter.decide(Machine.X86_64, 302, 4711), "prlimit64 of another");
        assertEquals(ALLOW, filter.decide(Machine.X86_64, 302, 0), "prlimit64 of itself");
        assertEquals(EPERM, filter.decide(Machine.X86_64, 101), "ptrace");
        assertEquals(EPERM, filter.decide(Machine.X86_64, 56, 0x10000011), "clone into a new user namespace");
        assertEquals(ALLOW, filter.decide(Machine.X86_64, 56, 0x3d0f00), "clone of a thread");
        assertEquals(ENOSYS, filter.decide(Machine.X86_64, 435), "clone3");
        BpfMachine other = new BpfMachine(SeccompFilter.program(Machine.AARCH64, true));
        assertEquals(EPERM, other.decide(Machine.AARCH64, 53), "fchmodat");
        assertEquals(EPERM, other.decide(Machine.AARCH64, 261, 4711), "prlimit64 of another");
        assertEquals(EPERM, other.decide(Machine.AARCH64, 117), "ptrace");
        assertEquals(ALLOW, other.decide(Machine.AARCH64, 90), "capget, which is chmod elsewhere");
    }

    @Test
    void shouldEndAProcessOfAnotherArchitectureAndKnowNoX32() {
        int i386 = 0x40000003;
        BpfMachine filter = new BpfMachine(SeccompFilter.program(Machine.X86_64, true));
        assertEquals(BpfProgram.RET_KILL_PROCESS, filter.decide(i386, 1));
        assertEquals(ENOSYS, filter.decide(Machine.X86_64, 0x40000000 | 90), "chmod of x32");
        assertEquals(ENOSYS, filter.decide(Machine.X86_64, -1), "no call");
        assertEquals(
                BpfProgram.RET_KILL_PROCESS,
                new BpfMachine(SeccompFilter.program(Machine.AARCH64, true)).decide(Machine.X86_64, 1));
    }

    @Test
    void shouldRefuseTruncationByNameOnlyWhereLandlockDoesNot() {
        BpfMachine without = new BpfMachine(SeccompFilter.program(Machine.X86_64, false));
        BpfMachine with = new BpfMachine(SeccompFilter.program(Machine.X86_64, true));
        int truncate = RefusedCall.TRUNCATE.number(Machine.X86_64);
        int openat = RefusedCall.OPENAT.number(Machine.X86_64);
        assertEquals(EPERM, without.decide(Machine.X86_64, truncate));
        assertEquals(ALLOW, with.decide(Machine.X86_64, truncate));
        assertEquals(EPERM, without.decide(Machine.X86_64, openat, -100, 0, 0x80200), "O_RDONLY | O_TRUNC | O_CLOEXEC");
        assertEquals(EPERM, without.decide(Machine.X86_64, openat, -100, 0, 0x203), "mode 3 and O_TRUNC");
        assertEquals(ALLOW, without.decide(Machine.X86_64, openat, -100, 0, 0x241), "O_WRONLY | O_CREAT | O_TRUNC");
        assertEquals(ALLOW, without.decide(Machine.X86_64, openat, -100, 0, 0x80000), "O_RDONLY | O_CLOEXEC");
    }
}
