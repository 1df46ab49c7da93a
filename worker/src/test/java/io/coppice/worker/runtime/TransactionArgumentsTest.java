package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionArgumentsTest {
    private static final String GOOD =
            "--instance shop --daemon thumbs --requests /s/thumbs.seg --segments /s/thumbs@ --locks /s/thumbs@";

    private static TransactionArguments parse(String line) {
        return TransactionArguments.parse(line.split(" "));
    }

    @Test
    void shouldReadWhatTheRootWrites() {
        TransactionArguments arguments = parse(GOOD + " --");

        assertEquals("shop", arguments.instance());
        assertEquals("thumbs", arguments.daemon());
        assertEquals(Path.of("/s/thumbs.seg"), arguments.requests());
        assertEquals("thumbs@12", arguments.name(12));
        assertEquals(Path.of("/s/thumbs@12.seg"), arguments.segment(12));
        assertEquals(Path.of("/s/thumbs@12.lock"), arguments.lock(12));
        assertEquals(arguments, parse(GOOD));
        assertEquals(Optional.empty(), arguments.mainClass());
        assertEquals(Optional.empty(), arguments.root());
        assertEquals(
                Optional.of(Path.of("/s/root.seg")),
                parse(GOOD + " --root /s/root.seg --").root());
        assertEquals(
                Optional.of("com.example.Thumbs"),
                parse(GOOD + " --main com.example.Thumbs --").mainClass());
    }

    @ParameterizedTest
    @CsvSource({
        "--heartbeat 1,--heartbeat: unknown",
        "--daemon x,--daemon: given twice",
        "--daemon,--daemon: expected a value after it",
        "-- more,more: expected nothing behind --"
    })
    void shouldNameTheArgumentAtFault(String added, String message) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> parse(GOOD + " " + added));
        assertEquals(message, refused.getMessage().substring(0, message.length()));
    }

    @Test
    void shouldNameWhatIsMissing() {
        for (String option : new String[] {"instance", "daemon", "requests", "segments", "locks"}) {
            String without = GOOD.replaceAll("--" + option + " \\S+ ?", "").strip();
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> parse(without));
            assertEquals("--" + option + ": missing", refused.getMessage());
        }
    }
}
