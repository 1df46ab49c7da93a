package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTextTest {
    private static final String GOLDEN = """
            coppice-plan 6
            instance shop
            manifest /etc/coppice/shop.yaml
            directory /run/coppice/shop
            segment-directory /dev/shm/shop
            environment 1
            - PATH=/usr/bin:/bin
            groups 2
            group\s
            member-of  no escalate
            strategy one-for-one
            max-restarts -1
            period-ms 30000
            backoff 0 1.0 0 0 0.0
            auto-shutdown never
            group edge
            member-of  yes fail
            strategy rest-for-one
            max-restarts 7
            period-ms 60000
            backoff 10 2.0 10000 60000 0.5
            auto-shutdown any-significant
            children 3
            child rates
            kind command
            argv 2
            - /usr/bin/printf
            - two\\nlines\\\\
            environment 0
            working-directory /srv
            log auto
            state-bytes 0
            heartbeat-timeout-ms 0
            start-timeouts-ms 60000 60000 60000
            restart always
            max-restarts -1
            period-ms 60000
            backoff 0 1.0 0 0 0.0
            poison none
            standbys 0
            shutdown KILL 0
            shutdown-command 0
            depends-on 0
            launch 0000000000000000
            success-exits none
            prevent-exits none
            force-exits none
            member-of  no fail
            probes 0
            timeout-ms 0
            child ingest
            kind daemon
            argv 1
            - /usr/bin/java
            environment 1
            - LANG=C.UTF-8
            working-directory /srv/shop
            log journal
            state-bytes 67108864
            heartbeat-timeout-ms 5000
            start-timeouts-ms 60000 30000 300000
            restart on-failure
            max-restarts 5
            period-ms 60000
            backoff 10 1.5 10000 60000 0.25
            poison 3 checkpoint empty
            standbys 1
            shutdown TERM 10000
            shutdown-command 2
            - kill
            - -INT
            depends-on 1
            - rates ready restart
            launch 0f1e2d3c4b5a6978
            success-exits 3 143 TERM
            prevent-exits 64
            force-exits HUP
            member-of edge yes escalate
            probes 0
            timeout-ms 0
            child ingest@1
            kind transaction
            argv 1
            - /usr/bin/java
            environment 1
            - LANG=C.UTF-8
            working-directory /srv/shop
            log journal
            state-bytes 1048576
            heartbeat-timeout-ms 0
            start-timeouts-ms 60000 60000 60000
            restart on-failure
            max-restarts 3
            period-ms 60000
            backoff 0 1.0 0 0 0.0
            poison none
            standbys 2
            shutdown TERM 10000
            shutdown-command 0
            depends-on 1
            - ingest started keep
            launch 0f1e2d3c4b5a6979
            success-exits none
            prevent-exits none
            force-exits none
            member-of  no fail
            probes 0
            timeout-ms 30000
            replica-sets 1
            - web 3 0
            notify 5000
            notify-command 2
            - /usr/bin/page
            - the crew
            """;

    @Test
    void shouldWriteTheDocumentedText() {
        assertEquals(signed(GOLDEN), PlanText.write(shop()));
    }

    @Test
    void shouldReadBackWhatItWrote() throws PlanFormatException {
        assertEquals(shop(), PlanText.read(PlanText.write(shop())));
    }

    @Test
    void shouldGiveEachGeneratedPlanBackUnchanged() {
        for (long seed = 0; seed < 2_000; seed++) {
            Plan plan = new PlanGenerator(seed).plan();
            String text = PlanText.write(plan);
            try {
                assertEquals(plan, PlanText.read(text), "seed " + seed);
            } catch (PlanFormatException e) {
                throw new AssertionError("seed " + seed + "\n" + text, e);
            }
            assertEquals(text.getBytes(StandardCharsets.UTF_8).length, PlanText.textLengthBytes(plan));
        }
    }

    @Test
    void shouldRefuseEveryTruncation() {
        String text = PlanText.write(shop());
        for (int length = 0; length < text.length(); length++) {
            String cut = text.substring(0, length);
            PlanFormatException e = assertThrows(PlanFormatException.class, () -> PlanText.read(cut), cut);
            assertTrue(e.line() >= 1 && !e.reason().isEmpty());
        }
    }

    @Test
    void shouldRefuseATruncatedBodyEvenUnderAValidChecksum() {
        String[] lines = GOLDEN.split("(?<=\n)");
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) {
                String cut = signed(body.toString());
                assertThrows(PlanFormatException.class, () -> PlanText.read(cut), cut);
            }
            body.append(lines[i]);
        }
    }

    @Test
    void shouldThrowNothingButItsOwnExceptionOnMutatedTexts() {
        int survivors = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder body = new StringBuilder(GOLDEN);
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                mutate(body, random);
            }
            String text = random.nextInt(10) == 0 ? body.toString() : signed(body.toString());
            try {
                Plan plan = PlanText.read(text);
                assertEquals(text, PlanText.write(plan), "seed " + seed);
                survivors++;
            } catch (PlanFormatException e) {
                assertTrue(e.line() >= 1, "seed " + seed);
                assertTrue(e.getMessage().startsWith("plan line "), "seed " + seed);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ":\n" + text, e);
            }
        }
        assertTrue(survivors > 100, "mutations that keep the text valid: " + survivors);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "children 3           | children 4            | 109 | found `replica-sets 1`, expected `child …`",
                "children 3           | children 513          | 23  | children: count 513, expected 0 to 512",
                "children 3           | children -1           | 23  | children: count -1",
                "children 3           | children 2147483649   | 23  | children: count 2147483649",
                "children 3           | children 1            | 51 | found `child ingest`, expected `replica-sets …`",
                "argv 2               | argv 513              | 26 | argv: count 513",
                "argv 2               | argv                  | 26 | found `argv`, expected `argv …`",
                "argv 2               | argv 99999999999999999999 | 26 | expected a whole number",
                "environment 0        | environment 9223372036854775807 | 29 | expected a whole number",
                "kind daemon          | kind demon            | 52 | kind: found `demon`, expected one of daemon command",
                "restart always       | restart sometimes     | 35 | expected one of on-failure always never",
                "max-restarts 5       | max-restarts -2       | 51 | max_restarts of ingest: -2 is not between -1 and",
                "max-restarts 5       | max-restarts 99999999999 | 63 | max-restarts: 99999999999 is too large",
                "log journal          | log syslog            | 58 | log: found `syslog`, expected one of auto file journal",
                "state-bytes 67108864 | state-bytes 0         | 51 | state of ingest: 0 is not between",
                "state-bytes 0        | state-bytes 1         | 24  | state of the plain command rates: 1 is not",
                "ms 60000 30000       | ms 0 30000            | 61 | start timeout (ms): 0 is not between 1 and",
                "ms 60000 30000 300000 | ms 60000 30000       | 61 | expected three numbers: START RECOVER MIGRATE",
                "shutdown TERM 10000  | shutdown TREM 10000   | 68 | shutdown signal: `TREM` is none of HUP INT",
                "shutdown TERM 10000  | shutdown TERM         | 68 | expected SIGNAL TIMEOUT-MS",
                "backoff 10 1.5       | backoff 10 1.50       | 65 | not written as this release writes it",
                "backoff 10 1.5       | backoff 10 0.5        | 65 | backoff factor: 0.5 is not between 1 and 100",
                "backoff 10 1.5       | backoff 10 NaN        | 65 | backoff: `NaN` is not a decimal number",
                "backoff 10 1.5       | backoff 10 1.2345     | 65 | has more than three decimal places",
                "poison 3 checkpoint  | poison 0 checkpoint   | 66 | poison crashes: 0 is not between 1 and 1000",
                "poison 3 checkpoint  | poison 1001 checkpoint | 66 | poison crashes: 1001 is not between 1 and 1000",
                "poison 3 checkpoint  | poison x checkpoint   | 66 | poison: found `x`, expected a whole number",
                "poison 3 checkpoint  | poison 3 empty        | 66 | poison: empty is there twice",
                "poison 3 checkpoint  | poison 3 nothing      | 66 | poison: found `nothing`, expected one of checkpoint",
                "poison 3 checkpoint  | poison 3 empty empty  | 66 | poison: 3 fall-backs, expected each at most once",
                "poison none          | poison 1              | 24  | poison of the plain command rates: it has no state",
                "- rates ready        | - rates raedy         | 73 | expected one of started ready completed",
                "- rates ready        | - ingest ready        | 115 | depends on ingest, which does not come before it",
                "child ingest         | child rates           | 115 | children: rates is there twice",
                "child ingest         | child Ingest          | 51 | `Ingest` must match [a-z0-9-]{1,32}",
                "two\\nlines\\\\       | two\\xlines          | 28 | bad escape",
                "two\\nlines\\\\       | two\\u00              | 28 | bad escape",
                "two\\nlines\\\\       | two\\u00E9            | 28 | bad escape",
                "two\\nlines\\\\       | two\\u0000            | 24  | holds a NUL",
                "two\\nlines\\\\       | two\\ud800            | 24  | half of a surrogate pair",
                "two\\nlines\\\\       | two\\u0041            | 28 | exactly one text",
                "directory /run       | directory run         | 115 | directory: `run/coppice/shop` is not an absolute",
                "launch 0f           | launch 0F            | 74 | launch: found `0F1e2d3c4b5a6978`, expected 16",
                "- LANG=C.UTF-8       | - LANG                | 56 | `LANG` is not NAME=VALUE",
                "- LANG=C.UTF-8       | - PATH=x              | 56 | environment: `PATH` is there twice",
                "- LANG=C.UTF-8       | - =x                  | 56 | is not NAME=VALUE",
                "- web 3 0            | - web 3 1             | 115 | children: of the replicas are missing [web.1]",
                "- web 3 0            | - ingest 3 0          | 115 | children: ingest is not among the replicas",
                "- web 3 0            | - web 513 0           | 110 | declared replicas of web: 513 is not between 0 and 512",
                "- web 3 0            | - web.1 3 0           | 110 | replica set: `web.1` must match",
                "- web 3 0            | - web 3               | 110 | expected NAME DECLARED COUNT",
                "notify 5000          | notify 0              | 114 | notify timeout (ms): 0 is not between 1 and",
                "notify-command 2     | notify-command 1      | 114 | found `- the crew`, expected `end …`",
                "child rates          | child rates.1         | 115 | children: rates.1 is not among the replicas",
                "coppice-plan 6       | coppice-plan 5        | 1  | found `coppice-plan 5`, expected `coppice-plan 6`",
                "groups 2             | groups 65             | 8  | groups: count 65, expected 0 to 64",
                "group edge           | group Edge            | 22 | `Edge` must match",
                "member-of  yes       | member-of x yes       | 115 | groups: edge is in x, which does not come before it",
                "member-of edge       | member-of egde        | 115 | children: ingest is in group egde, which is not there",
                "no fail              | no yes                | 48 | member-of: found `no yes`",
                "strategy rest        | strategy best         | 18 | strategy: found `best-for-one`, expected one of one-for-one",
                "60000 0.5            | 60000 1.5             | 21 | backoff jitter: 1.5 is not between 0 and 1",
                "exits 64             | exits 256             | 76 | exit code: 256 is not between 0 and 255",
                "exits HUP            | exits hup             | 77 | signal `hup`: expected a name such as TERM",
                "exits 3 143          | exits 143 3           | 75 | exactly one text",
                "timeout-ms 30000     | timeout-ms 0          | 81 | timeout of ingest@1 (ms): 0 is not between 1 and",
                "timeout-ms 30000     | timeout-ms 9223372036854775807 | 108 | timeout-ms: found `9223372036854775807`",
                "max-restarts 3       | max-restarts 61       | 81 | retries of ingest@1: 61 is not between 0 and 60",
                "max-restarts 3       | max-restarts -1       | 81 | retries of ingest@1: -1 is not between 0 and 60",
                "child ingest@1       | child ingest@33       | 81 | child name: `ingest@33` must match [a-z0-9-]{1,32}, or",
                "child ingest@1       | child ingest-1        | 81 | name of ingest-1: a transaction's slot has one such as",
                "kind transaction     | kind daemon           | 81 | name of ingest@1: a transaction's slot has one such as",
                "standbys 2           | standbys 5            | 81 | the slot ingest@1: rules of its own",
                "- rates ready        | - ingest@1 ready      | 73 | dependency: nobody can wait for ingest@1",
            })
    void shouldNameLineAndReason(String from, String to, int line, String reason) {
        assertTrue(GOLDEN.contains(from), from);
        String text = signed(
                GOLDEN.replaceFirst(java.util.regex.Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to)));
        PlanFormatException e = assertThrows(PlanFormatException.class, () -> PlanText.read(text));
        assertTrue(e.reason().contains(reason), e.getMessage());
        assertEquals(line, e.line(), e.getMessage());
        assertEquals("plan line " + line + ": " + e.reason(), e.getMessage());
    }

    @Test
    void shouldRefuseAWrongChecksum() {
        String text = PlanText.write(shop()).replaceFirst("end [0-9a-f]{8}", "end 00000000");
        PlanFormatException e = assertThrows(PlanFormatException.class, () -> PlanText.read(text));
        assertTrue(e.reason().startsWith("checksum `00000000`, expected "), e.getMessage());
    }

    @Test
    void shouldRefuseTextAfterTheEnd() {
        assertThrows(PlanFormatException.class, () -> PlanText.read(PlanText.write(shop()) + "x 1\n"));
        assertThrows(PlanFormatException.class, () -> PlanText.read(PlanText.write(shop()) + "\n"));
    }

    @Test
    void shouldRefuseAnOversizeText() {
        String text = PlanText.FIRST_LINE + "\ninstance " + "x".repeat(PlanBounds.MAX_PLAN_BYTES) + "\nend 00000000\n";
        PlanFormatException e = assertThrows(PlanFormatException.class, () -> PlanText.read(text));
        assertEquals("longer than 1048576 bytes", e.reason());
    }

    @Test
    void shouldRefuseToWriteMoreThanItWouldRead() {
        List<ChildPlan> children = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ChildPlan one = command("c" + i);
            children.add(one.toBuilder().argv(List.of("x", "y".repeat(60_000))).plan());
        }
        Plan plan = new Plan(
                "big", "/a.yaml", "/a", "/a", NoticeCommand.NONE, List.of(GroupPlan.INSTANCE), List.of(), children);
        assertTrue(PlanText.textLengthBytes(plan) > PlanBounds.MAX_PLAN_BYTES);
        assertThrows(IllegalArgumentException.class, () -> PlanText.write(plan));
    }

    @Test
    void shouldHoldTheLargestNumberOfChildrenWithASharedEnvironment() throws PlanFormatException {
        List<ChildPlan> children = new ArrayList<>();
        for (int i = 0; i < PlanBounds.MAX_CHILDREN; i++) {
            children.add(command("c" + i));
        }
        Plan plan = new Plan(
                "many", "/a.yaml", "/a", "/a", NoticeCommand.NONE, List.of(GroupPlan.INSTANCE), List.of(), children);
        assertEquals(plan, PlanText.read(PlanText.write(plan)));
    }

    private static ChildPlan command(String name) {
        TreeMap<String, String> environment = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            environment.put("VARIABLE_" + i, "some value of an ordinary length");
        }
        return ChildPlans.command(name).environment(environment).plan();
    }

    private static void mutate(StringBuilder text, SplittableRandom random) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(5)) {
            case 0 -> text.setCharAt(at, (char) random.nextInt(128));
            case 1 -> text.deleteCharAt(at);
            case 2 -> text.insert(at, (char) random.nextInt(0x10000));
            case 3 -> text.setCharAt(at, (char) ('0' + random.nextInt(10)));
            default -> {
                int lineStart = text.lastIndexOf("\n", at) + 1;
                int lineEnd = text.indexOf("\n", at);
                String line = text.substring(lineStart, lineEnd + 1);
                if (random.nextBoolean()) {
                    text.insert(lineStart, line);
                } else {
                    text.delete(lineStart, lineEnd + 1);
                }
            }
        }
    }

    private static String signed(String body) {
        return body + "end " + PlanText.checksum(body) + "\n";
    }

    private static Plan shop() {
        TreeMap<String, String> common = new TreeMap<>();
        common.put("PATH", "/usr/bin:/bin");
        TreeMap<String, String> own = new TreeMap<>(common);
        own.put("LANG", "C.UTF-8");
        ChildPlan rates = ChildPlans.command("rates")
                .argv(List.of("/usr/bin/printf", "two\nlines\\"))
                .environment(common)
                .workingDirectory("/srv")
                .restart(RestartPolicy.ALWAYS)
                .shutdown(Shutdown.bySignal("KILL", 0))
                .plan();
        ChildPlan ingest = new ChildPlan(
                "ingest",
                ChildPlan.Kind.DAEMON,
                List.of("/usr/bin/java"),
                own,
                "/srv/shop",
                LogTarget.JOURNAL,
                64L * 1024 * 1024,
                0,
                5_000,
                new StartTimeouts(60_000, 30_000, 300_000),
                RestartPolicy.ON_FAILURE,
                5,
                60_000,
                new Backoff(10, 1.5, 10_000, 60_000, 0.25),
                new Poison(3, List.of(Poison.Fallback.CHECKPOINT, Poison.Fallback.EMPTY)),
                1,
                new Shutdown("TERM", 10_000, List.of("kill", "-INT")),
                List.of(new Dependency("rates", Dependency.Condition.READY, true)),
                0x0f1e2d3c4b5a6978L,
                new ExitLists(
                        new ExitSet(List.of(143, 3), List.of("TERM")),
                        new ExitSet(List.of(64), List.of()),
                        new ExitSet(List.of(), List.of("HUP"))),
                new Membership("edge", true, true),
                Probes.NONE,
                0);
        ChildPlan slot = ChildPlans.slot("ingest", 1)
                .argv(List.of("/usr/bin/java"))
                .environment(own)
                .workingDirectory("/srv/shop")
                .log(LogTarget.JOURNAL)
                .standbys(2)
                .launch(0x0f1e2d3c4b5a6979L)
                .plan();
        GroupPlan outermost = new GroupPlan(
                GroupPlan.OUTERMOST,
                Strategy.ONE_FOR_ONE,
                -1,
                30_000,
                Backoff.NONE,
                AutoShutdown.NEVER,
                new Membership(GroupPlan.OUTERMOST, false, true));
        GroupPlan edge = new GroupPlan(
                "edge",
                Strategy.REST_FOR_ONE,
                7,
                60_000,
                new Backoff(10, 2, 10_000, 60_000, 0.5),
                AutoShutdown.ANY_SIGNIFICANT,
                new Membership(GroupPlan.OUTERMOST, true, false));
        return new Plan(
                "shop",
                "/etc/coppice/shop.yaml",
                "/run/coppice/shop",
                "/dev/shm/shop",
                new NoticeCommand(List.of("/usr/bin/page", "the crew"), 5_000),
                List.of(outermost, edge),
                List.of(new ReplicaSet("web", 3, 0)),
                List.of(rates, ingest, slot));
    }
}
