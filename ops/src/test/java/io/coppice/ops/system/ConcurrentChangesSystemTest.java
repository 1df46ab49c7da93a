package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: two commands at once that change what an instance runs are both done; neither undoes the other. */
class ConcurrentChangesSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void manifest(String also) throws Exception {
        coppice.manifest("instance: shop\ndaemons:\n"
                + "  web: {command: [sleep, '1000'], replicas: 1}\n"
                + "  api: {command: [sleep, '1000'], replicas: 1}\n"
                + also);
    }

    private Coppice.Root start() throws Exception {
        manifest("");
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        coppice.awaitState("web.1", "ready");
        coppice.awaitState("api.1", "ready");
        return root;
    }

    private void together(List<String> one, List<String> other) throws Exception {
        Process first = coppice.startIn(List.of(), one.toArray(String[]::new));
        Process second = coppice.startIn(List.of(), other.toArray(String[]::new));
        for (Process process : List.of(first, second)) {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), process.info().toString());
            String err = new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertEquals(0, process.exitValue(), err);
        }
    }

    /** Scenario: they read the same plan, make each another one of it, and hand that over. */
    @Test
    void shouldScaleBothOfTwoSets() throws Exception {
        Coppice.Root root = start();
        for (int count = 2; count <= 4; count++) {
            together(List.of("scale", "web", "" + count), List.of("scale", "api", "" + count));
            coppice.awaitState("web." + count, "ready");
            coppice.awaitState("api." + count, "ready");
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldKeepWhatAScaleDidBesideAReload() throws Exception {
        Coppice.Root root = start();
        for (int count = 2; count <= 3; count++) {
            int number = count;
            together(List.of("scale", "web", "" + number), List.of("reload"));
            coppice.awaitState("web." + number, "ready");
        }
        manifest("  extra: {command: [sleep, '1000']}\n");
        together(List.of("reload"), List.of("reload"));
        coppice.awaitState("extra", "ready");
        coppice.awaitState("web.3", "ready");
        assertEquals(0, root.stop(), root.stderr());
    }
}
