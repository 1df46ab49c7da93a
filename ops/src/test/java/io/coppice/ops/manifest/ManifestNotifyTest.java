package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.NoticeCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The key {@code notify}, in all its forms. */
class ManifestNotifyTest {
    private static final String DAEMONS = "\ndaemons: {it: {command: [sleep, \"1\"]}}\n";

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private NoticeCommand notice(String line) {
        return shop.compiled(line + DAEMONS).plan().notice();
    }

    @Test
    void shouldTakeACommandInEachForm() {
        NoticeCommand byShell = new NoticeCommand(List.of("/bin/sh", "-c", "page ops"), 10_000);
        assertEquals(byShell, notice("notify: page ops"));
        assertEquals(byShell, notice("notify: {command: page ops}"));
        assertEquals(new NoticeCommand(List.of("sh", "-c", "exit"), 10_000), notice("notify: [sh, -c, exit]"));
        assertEquals(2_000, notice("notify: {command: [sh], timeout: 2s}").timeoutMs());
        assertEquals(NoticeCommand.NONE, notice("x-nothing: here"));
    }

    @Test
    void shouldShowItInTheReport() {
        String report = CheckReport.of(Path.of("shop.yaml"), shop.compiled("notify: page ops" + DAEMONS));
        assertTrue(
                report.contains("notify     `/bin/sh -c 'page ops'` when restarts have run out, within 10s\n"), report);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "notify: {timeout: 1s} | 1:9: notify: no `command`, expected the program that is run when restarts have run out",
                "notify: {command: page, timeout: 0s} | 1:34: notify.timeout: `0s` is out of range, expected 1ms to 8760h",
                "notify: {comand: page} | 1:10: notify.comand: unknown key, expected a key of `notify`; did you mean `command`?",
                "notify: [no-such-program] | 1:10: notify[0]: no program `no-such-program` on PATH",
                "notfy: page | 1:1: notfy: unknown key, expected a key of a manifest; did you mean `notify`?",
            })
    void shouldSayWhatIsWrongWithIt(String line, String error) {
        String said = shop.error(line.strip() + DAEMONS);
        assertTrue(said.contains(error.strip()), said);
    }
}
