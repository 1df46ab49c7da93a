package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class RestrictedThreadTest {
    private static List<String> ofAChild() throws Exception {
        Process process = new ProcessBuilder("grep", "-E", "^(NoNewPrivs|Seccomp):", "/proc/self/status").start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        process.waitFor();
        return said.lines().map(line -> line.replace("\t", " ")).toList();
    }

    private static List<String> onThread(Callable<List<String>> task) throws Exception {
        FutureTask<List<String>> result = new FutureTask<>(task);
        Thread thread = new Thread(result, "restricted");
        thread.start();
        return result.get();
    }

    @Test
    void shouldHoldForWhatItStartsAndForNoOther() throws Exception {
        assumeTrue(SeccompFilter.isAvailable(), "no filter of system calls here");
        List<String> before = ofAChild();
        List<String> restricted = onThread(() -> {
            new Restriction(null, true).restrictThisThread();
            return ofAChild();
        });
        assertEquals(List.of("NoNewPrivs: 1", "Seccomp: 2"), restricted);
        assertEquals(before, ofAChild());
    }
}
