package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastExitTest {
    private static final long AT = 1_000_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit|3||''|exit code 3 3s ago",
                "exit|3||exit code 3|exit code 3 3s ago",
                "exit|71||exit code 71 (it refused its segment, see its log)|exit code 71 3s ago: it refused its segment, see its log",
                "exit|7||exit code 7: System.exit(7) was called by main|exit code 7 3s ago: System.exit(7) was called by main",
                "exit|137||exit code 137; something of it was killed by the kernel: no memory|exit code 137 3s ago: something of it was killed by the kernel: no memory",
                "signal||KILL|''|signal KILL 3s ago",
                "signal||SEGV|signal SEGV, core dumped|signal SEGV 3s ago: core dumped",
                "hang||KILL|no heartbeat for 5 s|hang 3s ago: no heartbeat for 5 s",
                "hang||KILL|no heartbeat for 5 s: deadlock of a and b|hang 3s ago: no heartbeat for 5 s: deadlock of a and b",
                "exception|70||java.lang.IllegalStateException: no quote|exception 3s ago: IllegalStateException: no quote",
                "exception|70||java.lang.IllegalStateException|exception 3s ago: IllegalStateException",
                "exception|70||''|exception 3s ago",
                "exception|70||no class at all: x|exception 3s ago: no class at all: x",
                "start-timeout||KILL|not ready within 60 s|start timeout 3s ago: not ready within 60 s",
                "spawn-failed|||No such file|spawn failed 3s ago: No such file",
                "unhealthy|143||unhealthy, as a probe found|unhealthy 3s ago: as a probe found",
                "unknown|||unknown: it ended while unsupervised|unknown 3s ago: it ended while unsupervised",
                "unknown|||''|unknown 3s ago",
            })
    void shouldSayTheLastExitInWords(String kind, Integer code, String signal, String text, String expected) {
        LastExit exit = new LastExit(
                kind,
                code == null ? OptionalInt.empty() : OptionalInt.of(code),
                Optional.ofNullable(signal),
                AT,
                text == null ? "" : text,
                Optional.empty());

        assertEquals(expected, exit.words(AT + 3_500));
    }

    @Test
    void shouldShowTheFirstLineOfACauseWhole() {
        LastExit exit = new LastExit(
                "exception",
                OptionalInt.of(70),
                Optional.empty(),
                AT,
                "a.B: " + "x".repeat(100) + "\n at c.d",
                Optional.empty());

        assertEquals("exception 0s ago: B: " + "x".repeat(100), exit.words(AT));
    }

    @Test
    void shouldSayTheFaultThatEndedAJvm() {
        Optional<String> fault = Optional.of("SIGSEGV (0xb) in C [libx.so+0x12]");

        assertEquals(
                "signal ABRT 0s ago: SIGSEGV (0xb) in C [libx.so+0x12]",
                new LastExit("signal", OptionalInt.empty(), Optional.of("ABRT"), AT, "signal ABRT", fault).words(AT));
        assertEquals(
                "exit code 1 0s ago: SIGSEGV (0xb) in C [libx.so+0x12]",
                new LastExit("exit", OptionalInt.of(1), Optional.empty(), AT, "exit code 1", fault).words(AT));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0ms",
        "-5,0ms",
        "999,999ms",
        "1000,1s",
        "59999,59s",
        "60000,1m",
        "61000,1m 1s",
        "3600000,1h",
        "7500000,2h 5m",
        "86400000,1d",
        "100000000,1d 3h"
    })
    void shouldSayDurationsInAtMostTwoUnits(long durationMs, String expected) {
        assertEquals(expected, Durations.words(durationMs));
    }
}
