package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever stands in root.seg, clients answer or complain in words. Method: flip bytes of a good one, most of them
 * where something is stored, and now and then cut the file; run every command that reads it.
 */
class HostileRootSegmentTest {
    private static final String[][] COMMANDS = {
        {"status"}, {"status", "--json"}, {"ps"}, {"events"}, {"events", "--json"}, {"kill", "web"}, {"logs", "web"}
    };

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;
    private FakeRoot root;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        shop.segment("ingest", 3);
        root = new FakeRoot(shop.directory.controlSocket(), request -> "error 1 not now\n");
    }

    @AfterEach
    void closeShop() throws Exception {
        root.close();
        shop.close();
    }

    @Test
    void shouldNeverCrashAClient() throws Exception {
        byte[] good = Files.readAllBytes(shop.directory.rootSegment());
        int[] used = nonZero(good);
        long seed = 20_261_121;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 150; round++) {
            try (RandomAccessFile file =
                    new RandomAccessFile(shop.directory.rootSegment().toFile(), "rw")) {
                file.setLength(good.length);
                file.write(good);
                int flips = 1 + random.nextInt(30);
                for (int i = 0; i < flips; i++) {
                    int near = Math.max(0, used[random.nextInt(used.length)] + random.nextInt(17) - 8);
                    file.seek(near);
                    file.write(random.nextInt(3) == 0 ? 0xff : random.nextInt(256));
                }
                if (random.nextInt(8) == 0) {
                    file.setLength(random.nextInt(good.length));
                }
            }
            for (String[] command : COMMANDS) {
                Result result = harness.run(command);
                String context = "seed " + seed + ", round " + round + ", " + String.join(" ", command) + ": " + result;
                assertTrue(result.exitCode() <= 3, context);
                assertTrue(!result.err().contains("defect") && !result.err().contains("\tat "), context);
                assertTrue(result.out().indexOf('\u001b') < 0, context);
                if (command.length == 2 && command[0].equals("status")) {
                    assertEquals(1, result.out().lines().count(), context);
                }
            }
        }
    }

    private static int[] nonZero(byte[] bytes) {
        int[] at = new int[bytes.length];
        int count = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                at[count++] = i;
            }
        }
        return java.util.Arrays.copyOf(at, count);
    }
}
