package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsvServiceTest {
    @TempDir
    Path directory;

    @Test
    void shouldReleaseEachProcessUnderTheNextNumber() throws Exception {
        Path counter = Files.writeString(directory.resolve("it's the count"), "7\n");
        Path out = directory.resolve("out");
        String script = RunsvService.script(
                List.of("sh", "-c", "printf '%s|' \"$0\" \"$@\"; cat", "a b", "", "$n", "it's"), counter);
        Path run = Files.writeString(directory.resolve("run"), script);

        for (long incarnation = 8; incarnation <= 9; incarnation++) {
            Process process = new ProcessBuilder("/bin/sh", run.toString())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();

            assertEquals(0, process.waitFor());
            assertEquals("a b||$n|it's|" + WorkerLaunch.release(incarnation), Files.readString(out));
        }
    }

    @Test
    void shouldFindProgramsAsAShellDoes() throws Exception {
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));
        Files.writeString(first.resolve("tool"), "not executable");
        Files.createDirectory(second.resolve("other"));
        Path tool = Files.writeString(second.resolve("tool"), "#!/bin/sh\n");
        assertTrue(tool.toFile().setExecutable(true));
        String path = first + "::" + directory.resolve("none") + ":" + second;

        assertEquals(Optional.of(tool), OutsidePrograms.find("tool", path));
        assertEquals(Optional.empty(), OutsidePrograms.find("other", path));
        assertEquals(Optional.empty(), OutsidePrograms.find("tool", ""));
    }

    @Test
    void shouldTellHowAProcessWasStarted() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sleep", "1000000");
        builder.environment().clear();
        builder.environment().put("GREETING", "a=b c");
        builder.environment().put("COPPICE_CHILD", "/run/coppice/x/y");
        Process process = builder.start();
        try {
            // Until it is the program, it may be what starts it.
            Path program = Path.of("/proc/" + process.pid() + "/exe");
            while (!Files.readSymbolicLink(program).endsWith("sleep")
                    && !Files.readSymbolicLink(program).endsWith("coreutils")) {
                Thread.onSpinWait();
            }

            WorkerLaunch launch = WorkerLaunch.of(process.pid());

            assertEquals(List.of("sleep", "1000000"), launch.command());
            assertEquals("a=b c", launch.environment().get("GREETING"));
            assertTrue(!launch.environment().containsKey("COPPICE_CHILD"), launch.toString());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
