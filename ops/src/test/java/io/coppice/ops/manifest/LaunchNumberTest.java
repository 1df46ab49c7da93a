package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a reload start a daemon anew, and what does not. */
class LaunchNumberTest {
    @TempDir
    Path temporary;

    private Workshop shop;

    @BeforeEach
    void open() throws IOException {
        shop = new Workshop(temporary);
    }

    private long number(String yaml) {
        return shop.compiled(yaml).plan().children().stream()
                .filter(child -> child.name().equals("it"))
                .mapToLong(ChildPlan::launch)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldChangeWithWhatADaemonIsStartedWith() {
        long plain = number(Workshop.daemonWith());
        for (String line : new String[] {
            "args: [a]",
            "args: ['']",
            "environment: {A: b}",
            "jvm: {heap: 32MiB}",
            "jvm: {options: [-Da=b]}",
            "state: 2MiB",
            "checkpoints: 1",
            "resume: ask",
            "evolve: refuse",
            "checksum: arena",
            "heartbeat: {timeout: 7s}",
            "reads: []",
            "working_dir: lib",
            "log: file",
            "log: journal"
        }) {
            assertNotEquals(plain, number(Workshop.daemonWith(line)), line);
        }
        assertNotEquals(plain, number(Workshop.daemonWith("fence: word", "standby: 1")));
        assertNotEquals(number(Workshop.daemonWith("args: [a, b]")), number(Workshop.daemonWith("args: [ab]")));
        assertNotEquals(
                number("daemons: {it: {command: [sleep, '1']}}"), number("daemons: {it: {command: 'sleep 1'}}"));
    }

    @Test
    void shouldNotChangeWithRulesThatTheRootGoesBy() {
        long plain = number(Workshop.daemonWith());
        for (String line : new String[] {
            "restart: always",
            "max_restarts: 7",
            "period: 7s",
            "backoff: none",
            "poison: none",
            "standby: 1",
            "fence: lock",
            "jvm: {archive: none}",
            "shutdown: {signal: INT}",
            "start: {timeout: 7s}",
            "recover: {timeout: 7s}",
            "args: []",
            "state: 1MiB",
            "log: auto"
        }) {
            assertEquals(plain, number(Workshop.daemonWith(line)), line);
        }
    }

    /** An upgrade of ours, another JDK, another shell and another daemon restart nobody. */
    @Test
    void shouldNotChangeWithWhatTheManifestDoesNotSay() throws IOException {
        String yaml = Workshop.daemonWith();
        long plain = number(yaml);
        shop.environment.put("STRAY", "1");
        assertEquals(plain, number(yaml));
        shop.javaFeature = 25;
        assertEquals(plain, number(yaml));
        Files.copy(shop.workerLib.resolve("worker.jar"), shop.workerLib.resolve("worker-2.jar"));
        assertEquals(plain, number(yaml));
        assertEquals(
                plain,
                number(yaml.stripTrailing()
                        + "\n  other:\n    main: com.example.Rates\n    classpath: [lib/shop.jar]\n"));
    }
}
