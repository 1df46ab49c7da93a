package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuPressureTest {
    @TempDir
    Path directory;

    private Path told(String name, String some) throws IOException {
        return Files.writeString(
                directory.resolve(name),
                "some avg10=" + some
                        + " avg60=99.00 avg300=99.00 total=1\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=0\n");
    }

    @ParameterizedTest
    @CsvSource({"80.01, 80, true", "80.00, 80, false", "0.00, 80, false", "100.00, 100, false"})
    void shouldGoByTheLastTenSecondsInWhichSomethingWaited(String some, int percent, boolean starved)
            throws IOException {
        assertEquals(
                starved, CpuPressure.of(List.of(told("cpu", some)), percent).isStarved());
    }

    @Test
    void shouldTakeTheWorstOfMachineAndControlGroup() throws IOException {
        assertTrue(CpuPressure.of(List.of(told("machine", "1.00"), told("group", "95.00")), 80)
                .isStarved());
        assertTrue(CpuPressure.of(List.of(directory.resolve("none"), told("group", "95.00")), 80)
                .isStarved());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "some\n", "some avg10=\n", "some avg10=lots avg60=1\n", "full avg10=99.00\n"})
    void shouldCountAKernelThatTellsNothingAsNoPressure(String text) throws IOException {
        assertFalse(CpuPressure.of(List.of(Files.writeString(directory.resolve("cpu"), text)), 0)
                .isStarved());
    }
}
