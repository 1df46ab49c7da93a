package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a manifest holds, the answer is a plan or a list of errors. */
class ManifestFuzzTest {
    private static final int ROUNDS = 4_000;

    private static final String GOOD = """
            instance: shop
            x-env: &env {A: "b", C: 'd'}
            defaults: {restart: always, heartbeat: {timeout: 7s}, environment: *env}
            daemons:
              ingest:
                main: com.example.Ingest
                classpath: [lib/*.jar]
                jvm: {heap: 64MiB, options: ["-XX:+UseSerialGC", --add-opens, a/b=c]}
                state: 2MiB
                reads: [rates]
                max_restarts: unlimited
                backoff: {initial: 20ms, factor: 1.5, max: 1h, reset_after: 30s}
                depends_on: {rates: {condition: ready}}
                shutdown: {signal: INT, timeout: 0s}
                args: [--topic, orders]
              rates:
                main: com.example.Rates
                classpath: [lib/shop.jar]
              web:
                command: |
                  exec sleep 60
                depends_on: [rates]
            """;

    private static final List<String> PIECES = List.of(
            ":",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "\n",
            "\n  ",
            "    ",
            "\t",
            "#",
            "&a ",
            "*a",
            "*env",
            "!",
            "!!int ",
            "\"",
            "'",
            "|",
            ">",
            "%",
            "---\n",
            "...\n",
            "~",
            "null",
            "\u0000",
            "\u0085",
            "\u2028",
            "\ufeff",
            "\ud83d\ude00",
            "é",
            "daemons",
            "daemons:\n",
            "defaults: ",
            "depends_on: [ingest]",
            "command: [x]",
            "main: a.B",
            "-1",
            "99999999999999999999",
            "1e9",
            "0x10",
            "64x",
            "/",
            "../",
            "*",
            "**",
            "[a-",
            "{a,",
            ":/",
            "?",
            "? ",
            "<<: *env\n",
            "x-: ",
            "\\",
            "$",
            "%p",
            "root",
            "none",
            "unlimited");

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    @Test
    void shouldCompileTheManifestThatIsMutated() {
        assertEquals(3, shop.compiled(GOOD).plan().children().size());
    }

    @Test
    void shouldAnswerEveryMutationOfAGoodManifest() throws Exception {
        int compiled = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            byte[] mutated = mutated(new SplittableRandom(seed));
            try {
                ManifestResult result = shop.read(mutated, "shop.yaml");
                if (result instanceof ManifestResult.Compiled good) {
                    Plan plan = good.plan();
                    assertEquals(plan, PlanText.read(PlanText.write(plan)), "seed " + seed);
                    assertTrue(CheckReport.of(Path.of("shop.yaml"), good).endsWith("\n"));
                    compiled++;
                } else if (result instanceof ManifestResult.Refused refused) {
                    check(refused, seed);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ":\n" + new String(mutated, StandardCharsets.UTF_8), e);
            }
        }
        assertTrue(compiled > 100, "mutations that keep the manifest good: " + compiled);
    }

    @Test
    void shouldAnswerRandomBytes() {
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            try {
                check((ManifestResult.Refused) shop.read(bytes, "shop.yaml"), seed);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void shouldAnswerDamagedJars() throws IOException {
        byte[] jar = Files.readAllBytes(shop.folder.resolve("lib/shop.jar"));
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged = Arrays.copyOf(jar, random.nextInt(4) == 0 ? random.nextInt(jar.length) : jar.length);
            for (int i = 1 + random.nextInt(8); i > 0 && damaged.length > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            // A new name each time: the JDK keeps the directory of an open jar by its name and time.
            Files.write(shop.folder.resolve("lib/damaged" + seed + ".jar"), damaged);
            try {
                shop.read(("daemons: {it: {main: com.example.Ingest, classpath: [lib/damaged" + seed + ".jar]}}\n"));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void check(ManifestResult.Refused refused, long seed) {
        assertTrue(!refused.errors().isEmpty(), "seed " + seed);
        for (ManifestError error : refused.errors()) {
            String line = error.toString().lines().findFirst().orElse("");
            assertTrue(line.chars().noneMatch(c -> c < ' ' || c == 0x7f), "seed " + seed + ": " + line);
            assertTrue(
                    line.contains("expected") || line.contains("not YAML") || line.contains("more than"),
                    "seed " + seed + ": " + line);
        }
    }

    private static byte[] mutated(SplittableRandom random) {
        StringBuilder text = new StringBuilder(GOOD);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(6)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                case 3 -> {
                    int end = Math.min(text.length(), at + random.nextInt(30));
                    String moved = text.substring(at, end);
                    text.delete(at, end);
                    text.insert(random.nextInt(text.length()), moved);
                }
                case 4 -> {
                    int start = text.lastIndexOf("\n", at) + 1;
                    int end = text.indexOf("\n", at);
                    if (end > start) {
                        text.insert(start, text.substring(start, end + 1));
                    }
                }
                default -> {
                    int start = text.lastIndexOf("\n", at) + 1;
                    int colon = text.indexOf(": ", start);
                    int end = text.indexOf("\n", start);
                    if (colon > 0 && colon < end) {
                        text.replace(colon + 2, end, PIECES.get(random.nextInt(PIECES.size())));
                    }
                }
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(20) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
