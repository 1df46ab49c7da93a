package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.system.IsolationMatrix.Column;
import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: a worker that takes all that it can get keeps nobody else from working. Method: real roots, with and without isolation, and one that takes it. */
class GreedyWorkerSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final HostileShop shop = new HostileShop(coppice);

    /** In its own directory it may make as many files as there is room for. What the others have is theirs already. */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "USER", "SANDBOX"})
    void shouldServeTheOthersWhereAWorkerHasFilledTheFileSystem(Column column) throws Exception {
        HostileShop.skipWhereItCannotBe(column);
        if (!HostileShop.isUserZero()) {
            HostileShop.skip(column, "only root can mount a small file system");
        }
        shop.prepare();
        Path small = Files.createDirectory(coppice.directory.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=32m,mode=0711", "small", small.toString());
        try {
            Coppice.Root root = shop.run(
                    column,
                    "segments: " + small + "\n",
                    List.of("fills"),
                    shop.vandal("fills", "fills", small.resolve("shop"), "max_restarts: 1"));
            shop.told("fills", "");
            assertTrue(shop.await("fills", "fills: ").contains("fills: done"), shop.log("fills"));
            shop.assertServed(root, "a file system is full");
            Coppice.kill(shop.pid("peer"));
            coppice.await("peer", row -> row.state().equals(HostileShop.READY) && row.number("incarnation") == 2);
            long commits = coppice.daemon("peer").number("commits");
            coppice.await("peer", row -> row.number("commits") > commits + 2);
            assertEquals(0, root.stop(), root.stderr());
            assertEquals(List.of(), HostileShop.complaints(root), root.stderr());
        } finally {
            run("umount", "--lazy", small.toString());
        }
    }

    /** Memory: {@link LimitsSystemTest}. Without limits both are the whole machine's, in every isolation. */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "USER", "SANDBOX"})
    void shouldServeTheOthersWhereAWorkerTakesMoreThanItsLimits(Column column) throws Exception {
        HostileShop.skipWhereItCannotBe(column);
        for (Controller controller : List.of(Controller.MEMORY, Controller.TASKS)) {
            String whyNot = ControlGroups.ofThisProcess().whyNot(controller);
            if (!whyNot.isEmpty()) {
                HostileShop.skip(column, whyNot);
            }
        }
        shop.prepare();
        Coppice.Root root = shop.run(
                column,
                "",
                List.of("breeds"),
                shop.vandal("breeds", "breeds", coppice.home().resolve("shop"), "limits: {tasks: 100}")
                        + "  greedy: {main: io.coppice.ops.system.daemons.TakesAll, limits: {memory: 256MiB}}\n");
        shop.told("breeds", "");
        coppice.await(
                "breeds",
                row -> row.number("incarnation") > 1 || shop.log("breeds").contains("breeds: "));
        assertTrue(!shop.log("breeds").contains("breeds: done"), shop.log("breeds"));
        Coppice.Daemon greedy = coppice.await("greedy", row -> row.number("incarnation") == 2);
        assertEquals(
                "killed by the kernel: its memory limit of 256 MiB was reached",
                greedy.lastExit().get("text"));
        shop.assertServed(root, "processes and memory without end");
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(List.of(), HostileShop.complaints(root), root.stderr());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
