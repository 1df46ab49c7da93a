package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: however the demo's own process ends, its worker is stopped in order, its root too, and nothing of it is left, no
 * process and no file. Method: end it in the middle of the job, by each signal that users and terminals send.
 */
class DemoEndSystemTest {
    private static final Pattern GATE = Pattern.compile("(/[^\0]*/coppice-demo-[^\0]*)/gate\0");

    private static final long INPUT_BYTES = 256L << 30;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    /** Lets the commands of the test find the demo by its name alone. */
    @BeforeEach
    void nameTheInstance() throws IOException {
        coppice.file("coppice.yaml", "instance: demo\n");
    }

    /** A demo in the middle of its job. */
    private record Running(Process client, long root, long worker, Path folder, Path events) {
        List<Long> processes() {
            return List.of(client.pid(), root, worker);
        }
    }

    /** Its launcher leads a process group, as it does when a user starts it from a shell; the input keeps it busy for minutes. */
    private Running startDemo() throws Exception {
        Path input = coppice.directory.resolve("input");
        try (RandomAccessFile sparse = new RandomAccessFile(input.toFile(), "rw")) {
            sparse.setLength(INPUT_BYTES);
        }
        Process client = coppice.startInOwnGroup("demo", "--kills", "0", "--input", input.toString());
        Coppice.await("the demo's root", () -> Files.exists(coppice.home().resolve("demo/root.seg")));
        Coppice.Daemon words = coppice.await("words", daemon -> daemon.state().equals("ready"));
        Path events = coppice.directory.resolve("events");
        coppice.start(events, coppice.directory.resolve("events.err"), "events", "-f");
        Coppice.await("events", () -> text(events).contains("ready"));
        long worker = words.number("pid");
        Matcher gate = GATE.matcher(Files.readString(Path.of("/proc/" + worker + "/cmdline")));
        assertTrue(gate.find(), "the worker's command line tells the demo's folder");
        return new Running(client, rootPid(), worker, Path.of(gate.group(1)), events);
    }

    @SuppressWarnings("unchecked")
    private long rootPid() throws Exception {
        Map<String, @Nullable Object> root = (Map<String, @Nullable Object>)
                Objects.requireNonNull(coppice.status().get("root"));
        return (Long) Objects.requireNonNull(root.get("pid"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // Not there yet; whoever waits asks again.
        }
    }

    private static void send(String signal, String target) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-s", signal, "--", target)
                        .inheritIO()
                        .start()
                        .waitFor());
    }

    private void assertNothingIsLeft(Running demo) throws Exception {
        Coppice.await(
                "all processes of the demo are gone",
                () -> demo.processes().stream().noneMatch(Coppice::isAlive));
        Coppice.await("its folder is gone", () -> !Files.exists(demo.folder()));
        List<String> left = coppice.fileNames().stream()
                .filter(name -> !name.equals("root.lock"))
                .toList();
        assertEquals(List.of(), left, "files of the instance");
        String events = text(demo.events());
        assertTrue(events.contains("ended in order by a signal") && events.contains("every child is down"), events);
    }

    @Test
    void shouldEndEverythingWhenItsProcessIsKilled() throws Exception {
        Running demo = startDemo();
        send("KILL", Long.toString(demo.client().pid()));
        assertNothingIsLeft(demo);
    }

    @Test
    void shouldEndEverythingWhenItsProcessGroupIsKilled() throws Exception {
        Running demo = startDemo();
        send("KILL", "-" + demo.client().pid());
        assertNothingIsLeft(demo);
    }

    @Test
    void shouldEndEverythingOnTheSignalsOfUsersAndTerminals() throws Exception {
        for (Map.Entry<String, Integer> signal :
                Map.of("INT", 130, "TERM", 143, "HUP", 129).entrySet()) {
            Running demo = startDemo();
            send(signal.getKey(), "-" + demo.client().pid());
            assertEquals(signal.getValue(), demo.client().waitFor(), signal.getKey());
            assertTrue(demo.processes().stream().noneMatch(Coppice::isAlive), "it waits for all it has started");
            assertNothingIsLeft(demo);
        }
    }
}
