package io.coppice.ops.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintALinePerTenthAndNoEscapesWithoutATerminal() {
        try (ProgressScreen screen = new ProgressScreen(out, false, false, "counted")) {
            for (int i = 0; i <= 100; i++) {
                int kills = i / 20;
                screen.progress(i, 100, () -> kills + " of 5 kills", i);
            }
            screen.line("done");
        }
        assertEquals(11, shown().lines().count(), shown());
        assertTrue(shown().startsWith("10 % counted, 0 of 5 kills\n20 % counted, 1 of 5 kills\n"), shown());
        assertFalse(shown().contains("\u001b") || shown().contains("\r"), shown());
    }

    @Test
    void shouldDrawTheBarAgainBelowTheLinesOnATerminalAndLeaveNoTraceOfIt() {
        try (ProgressScreen screen = new ProgressScreen(out, true, true, "counted")) {
            screen.progress(50, 100, () -> "1 of 2 kills", 0);
            screen.line("kill 2 of 2");
            screen.progress(51, 100, () -> "2 of 2 kills", 1);
        }
        assertEquals(
                "\r\u001b[K\u001b[32m" + "█".repeat(15) + "░".repeat(15) + "\u001b[0m  50.0 %  1 of 2 kills"
                        + "\r\u001b[Kkill 2 of 2\n"
                        + "\r\u001b[K\u001b[32m" + "█".repeat(15) + "░".repeat(15) + "\u001b[0m  51.0 %  2 of 2 kills"
                        + "\r\u001b[K",
                shown());
    }

    @Test
    void shouldDrawWithoutColoursWhereTheyAreNotWelcome() {
        try (ProgressScreen screen = new ProgressScreen(out, true, false, "counted")) {
            screen.progress(0, 0, () -> "0 of 2 kills", 0);
        }
        assertFalse(shown().contains("\u001b[32m"), shown());
        assertTrue(shown().contains("100.0 %"), "an empty input is all counted: " + shown());
    }

    @Test
    void shouldNotDrawFasterThanATerminalShows() {
        try (ProgressScreen screen = new ProgressScreen(out, true, false, "counted")) {
            for (int i = 0; i < 1000; i++) {
                screen.progress(i, 1000, () -> "0 of 2 kills", i);
            }
        }
        assertEquals(1, shown().split("of 2 kills", -1).length - 1, shown());
    }
}
