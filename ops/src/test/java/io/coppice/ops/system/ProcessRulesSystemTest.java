package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a process has the variables, file mode mask, niceness, limits and user that the manifest says, and is supervised as any other.
 * Method: a real root; what the kernel says of the processes that it launched.
 */
class ProcessRulesSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldStartDaemonsAndCommandsAsTheManifestSays() throws Exception {
        coppice.file("shop.env", "export TOPIC='orders and more'\nCOLOUR=red\n");
        coppice.manifest("""
                instance: shop
                defaults:
                  env_file: shop.env
                  umask: 027
                  ulimits: {nofile: {soft: 300, hard: 400}}
                  backoff: none
                daemons:
                  ticker:
                    main: io.coppice.ops.system.daemons.Ticker
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    nice: 3
                    standby: 1
                  web:
                    command: 'echo $$$$ "$TOPIC" $COLOUR; exec sleep 1000'
                    environment: {COLOUR: green}
                    nice: 4
                """);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon ticker = coppice.await("ticker", d -> d.state().equals("ready") && d.number("standbys") == 1);
        Coppice.Daemon web = coppice.awaitState("web", "ready");
        String said = coppice.awaitLog("web", log -> log.contains("green"));
        assertTrue(said.contains(web.number("pid") + " orders and more green"), said);
        // A JVM raises its soft limit of files by itself.
        assertRules(ticker.number("pid"), 3, 400);
        assertRules(web.number("pid"), 4, 300);

        // A standby was started by the same words, and goes on with them.
        Coppice.kill(ticker.number("pid"));
        Coppice.Daemon second = coppice.await("ticker", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals("KILL", second.lastExit().get("signal"));
        assertRules(second.number("pid"), 3, 400);

        // What a file says is how a process is started.
        coppice.file("shop.env", "TOPIC=fewer\n");
        Coppice.Result reload = coppice.run("reload");
        assertEquals(0, reload.exitCode(), reload.err());
        assertEquals("ticker: started anew\nweb: started anew\n", reload.out());
        assertNotEquals(web.number("pid"), coppice.daemon("web").number("pid"));
        coppice.awaitLog("web", log -> log.contains(" fewer green"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldTellByTheExitOfAToolThatALimitCannotBeSet() throws Exception {
        // No kernel lets a process have so many descriptors, whoever asks.
        coppice.manifest("""
                instance: shop
                daemons:
                  web:
                    command: [sleep, "1000"]
                    ulimits: {nofile: 999999999999}
                    backoff: none
                """);
        coppice.startRoot();
        Coppice.Daemon web = coppice.awaitState("web", "failed");
        assertEquals("exit", web.lastExit().get("kind"));
        assertTrue(coppice.log("web").contains("prlimit"), coppice.log("web"));
    }

    @Test
    void shouldRunACommandAsAnotherUserAndEndItAsAnyOther() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root may do so");
        coppice.manifest("""
                instance: shop
                daemons:
                  web:
                    command: 'echo $HOME; exec sleep 1000'
                    user: 54321:54322
                    working_dir: /
                    environment: {HOME: /nowhere}
                    backoff: none
                """);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon web = coppice.awaitState("web", "ready");
        coppice.awaitLog("web", log -> log.contains("/nowhere"));
        String status = proc(web.number("pid"), "status");
        assertEquals("54321\t54321\t54321\t54321", field(status, "Uid:\t(.*)"));
        assertEquals("54322\t54322\t54322\t54322", field(status, "Gid:\t(.*)"));
        assertEquals("", field(status, "Groups:\t(.*)").strip());

        // The root's death changes nothing, also for a process that is another user's.
        Coppice.kill(root.process.pid());
        root.awaitExit();
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        assertEquals(web.number("pid"), coppice.awaitState("web", "ready").number("pid"));
        assertEquals(0, coppice.run("kill", "web").exitCode());
        coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals(0, next.stop(), next.stderr());
    }

    private static void assertRules(long pid, int nice, int softNoFile) throws IOException {
        assertEquals("0027", field(proc(pid, "status"), "Umask:\t(.*)"));
        // It counts from the root's own, which is this process's.
        assertEquals(Math.min(niceOf("self") + nice, 19), niceOf(String.valueOf(pid)));
        assertTrue(
                Pattern.compile("Max open files +" + softNoFile + " +400 ")
                        .matcher(proc(pid, "limits"))
                        .find(),
                () -> "limits of " + pid);
    }

    private static int niceOf(String process) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process + "/stat"), StandardCharsets.ISO_8859_1);
        return Integer.parseInt(stat.replaceAll("(?s).*\\) ", "").split(" ", -1)[16]);
    }

    private static String field(String text, String line) {
        Matcher matcher = Pattern.compile("(?m)^" + line + "$").matcher(text);
        assertTrue(matcher.find(), () -> line + " in " + text);
        return matcher.group(1);
    }

    private static String proc(long pid, String file) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/" + file), StandardCharsets.ISO_8859_1);
    }
}
