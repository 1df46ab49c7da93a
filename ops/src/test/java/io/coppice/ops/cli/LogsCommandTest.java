package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldPrintAllOrTheLastLinesByteForByte() throws IOException {
        byte[] bytes = "one\ntwo\n\u00e9\u0000three".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(shop.directory.log("web"), bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertEquals(0, harness.run(out, new ByteArrayOutputStream(), "logs", "web"));
        assertEquals(new String(bytes, StandardCharsets.ISO_8859_1), out.toString(StandardCharsets.ISO_8859_1));
        assertEquals("two\n", harness.run("logs", "web", "-n", "2").out().substring(0, 4));
        assertEquals("", harness.run("logs", "web", "-n", "0").out());
    }

    @Test
    void shouldSayWhyThereIsNoLog() {
        Result missing = harness.run("logs", "report");
        assertEquals(1, missing.exitCode());
        assertEquals(
                "coppice: report has no log yet: " + shop.directory.log("report")
                        + " does not exist.\n  It is made when report is launched for the first time;"
                        + " `coppice status report` shows what it waits for.\n",
                missing.err());

        assertEquals(3, harness.run("logs", "reprot").exitCode());
        assertEquals(2, harness.run("logs", "../../etc/passwd").exitCode());
        assertEquals(2, harness.run("logs").exitCode());
        assertEquals(2, harness.run("logs", "web", "-n", "-1").exitCode());
    }

    @Test
    void shouldPrintTheLogThatAllSlotsShare() throws IOException {
        Files.writeString(shop.directory.logDirectory().resolve("ingest@transactions.log"), "of any slot\n");

        assertEquals("of any slot\n", harness.run("logs", "ingest@1").out());
        assertEquals("of any slot\n", harness.run("logs", "ingest@32").out());
        assertEquals(2, harness.run("logs", "ingest@33").exitCode());
    }

    @Test
    void shouldPrintALogThatNoTableNames() throws IOException {
        Files.writeString(shop.directory.log("former"), "gone from the manifest\n");

        assertEquals("gone from the manifest\n", harness.run("logs", "former").out());
    }

    @Test
    void shouldPrintWhatErrandsOfTheRootSaid() throws IOException {
        Result missing = harness.run("logs", "_reload");
        assertEquals(1, missing.exitCode());
        assertTrue(missing.err().startsWith("coppice: There is no " + shop.directory.log("_reload")), missing.err());
        assertTrue(missing.err().contains("`_notify` runs when restarts have run out"), missing.err());
        Files.writeString(shop.directory.log("_reload"), "shop.yaml:1:1: no\n");

        assertEquals("shop.yaml:1:1: no\n", harness.run("logs", "_reload").out());
        assertEquals(2, harness.run("logs", "_../root").exitCode());
    }

    @Test
    void shouldNotReadThroughALink() throws IOException {
        Files.createSymbolicLink(shop.directory.log("web"), Files.writeString(directory.resolve("secret"), "x\n"));

        Result result = harness.run("logs", "web");

        assertEquals(1, result.exitCode());
        assertEquals("", result.out());
    }

    @Test
    void shouldFollowAcrossTruncationUntilTheReaderLeaves() throws Exception {
        Path log = Files.writeString(shop.directory.log("web"), "x\n".repeat(50) + "last\n");
        ReaderThatLeaves out = new ReaderThatLeaves(text -> text.contains("enough"));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CompletableFuture<Integer> exit =
                CompletableFuture.supplyAsync(() -> harness.run(out, err, "logs", "-f", "web"));
        Await.until("the last lines", () -> out.text().contains("last"));
        assertEquals("x\n".repeat(9) + "last\n", out.text());
        Files.writeString(log, "more\n", StandardOpenOption.APPEND);
        Await.until("an added line", () -> out.text().contains("more"));
        Files.writeString(log, "anew\n");
        Await.until("the new beginning", () -> out.text().contains("anew"));
        Files.writeString(log, "enough\n", StandardOpenOption.APPEND);
        Await.until("the signal to leave", () -> out.text().contains("enough"));
        Files.writeString(log, "too much\n", StandardOpenOption.APPEND);

        assertEquals(0, exit.get(60, TimeUnit.SECONDS));
        assertTrue(
                err.toString(StandardCharsets.UTF_8).contains("was truncated"), err.toString(StandardCharsets.UTF_8));
        assertEquals("x\n".repeat(9) + "last\nmore\nanew\nenough\n", out.text());
    }
}
