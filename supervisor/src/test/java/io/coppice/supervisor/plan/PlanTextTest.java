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
            coppice-plan 8
            instance shop
            manifest /etc/coppice/shop.yaml
            directory /run/coppice/shop
            segment-directory /dev/shm/shop
            isolation user 199999
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
            identity -
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
            identity 200000 1 200000 200000 200009 200000,200002
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
            identity 200001 3 200000 200001 200010 200000,200002
            replica-sets 1
            - web 3 0
            notify 5000
            notify-command 2
            - /usr/bin/page
            - the crew
            control-group 1001
            control-change 2
            - user 1000
            - group 27
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
                "children 3           | children 4            | 113 | found `replica-sets 1`, expected `child …`",
                "children 3           | children 513          | 24  | children: count 513, expected 0 to 512",
                "children 3           | children -1           | 24  | children: count -1",
                "children 3           | children 2147483649   | 24  | children: count 2147483649",
                "children 3           | children 1            | 53 | found `child ingest`, expected `replica-sets …`",
                "argv 2               | argv 513              | 27 | argv: count 513",
                "argv 2               | argv                  | 27 | found `argv`, expected `argv …`",
                "argv 2               | argv 99999999999999999999 | 27 | expected a whole number",
                "environment 0        | environment 9223372036854775807 | 30 | expected a whole number",
                "kind daemon          | kind demon            | 54 | kind: found `demon`, expected one of daemon command",
                "restart always       | restart sometimes     | 36 | expected one of on-failure always never",
                "max-restarts 5       | max-restarts -2       | 53 | max_restarts of ingest: -2 is not between -1 and",
                "max-restarts 5       | max-restarts 99999999999 | 65 | max-restarts: 99999999999 is too large",
                "log journal          | log syslog            | 60 | log: found `syslog`, expected one of auto file journal",
                "state-bytes 67108864 | state-bytes 0         | 53 | state of ingest: 0 is not between",
                "state-bytes 0        | state-bytes 1         | 25  | state of the plain command rates: 1 is not",
                "ms 60000 30000       | ms 0 30000            | 63 | start timeout (ms): 0 is not between 1 and",
                "ms 60000 30000 300000 | ms 60000 30000       | 63 | expected three numbers: START RECOVER MIGRATE",
                "shutdown TERM 10000  | shutdown TREM 10000   | 70 | shutdown signal: `TREM` is none of HUP INT",
                "shutdown TERM 10000  | shutdown TERM         | 70 | expected SIGNAL TIMEOUT-MS",
                "backoff 10 1.5       | backoff 10 1.50       | 67 | not written as this release writes it",
                "backoff 10 1.5       | backoff 10 0.5        | 67 | backoff factor: 0.5 is not between 1 and 100",
                "backoff 10 1.5       | backoff 10 NaN        | 67 | backoff: `NaN` is not a decimal number",
                "backoff 10 1.5       | backoff 10 1.2345     | 67 | has more than three decimal places",
                "poison 3 checkpoint  | poison 0 checkpoint   | 68 | poison crashes: 0 is not between 1 and 1000",
                "poison 3 checkpoint  | poison 1001 checkpoint | 68 | poison crashes: 1001 is not between 1 and 1000",
                "poison 3 checkpoint  | poison x checkpoint   | 68 | poison: found `x`, expected a whole number",
                "poison 3 checkpoint  | poison 3 empty        | 68 | poison: empty is there twice",
                "poison 3 checkpoint  | poison 3 nothing      | 68 | poison: found `nothing`, expected one of checkpoint",
                "poison 3 checkpoint  | poison 3 empty empty  | 68 | poison: 3 fall-backs, expected each at most once",
                "poison none          | poison 1              | 25  | poison of the plain command rates: it has no state",
                "- rates ready        | - rates raedy         | 75 | expected one of started ready completed",
                "- rates ready        | - ingest ready        | 123 | depends on ingest, which does not come before it",
                "child ingest         | child rates           | 123 | children: rates is there twice",
                "child ingest         | child Ingest          | 53 | `Ingest` must match [a-z0-9-]{1,32}",
                "two\\nlines\\\\       | two\\xlines          | 29 | bad escape",
                "two\\nlines\\\\       | two\\u00              | 29 | bad escape",
                "two\\nlines\\\\       | two\\u00E9            | 29 | bad escape",
                "two\\nlines\\\\       | two\\u0000            | 25  | holds a NUL",
                "two\\nlines\\\\       | two\\ud800            | 25  | half of a surrogate pair",
                "two\\nlines\\\\       | two\\u0041            | 29 | exactly one text",
                "directory /run       | directory run         | 123 | directory: `run/coppice/shop` is not an absolute",
                "launch 0f           | launch 0F            | 76 | launch: found `0F1e2d3c4b5a6978`, expected 16",
                "- LANG=C.UTF-8       | - LANG                | 58 | `LANG` is not NAME=VALUE",
                "- LANG=C.UTF-8       | - PATH=x              | 58 | environment: `PATH` is there twice",
                "- LANG=C.UTF-8       | - =x                  | 58 | is not NAME=VALUE",
                "- web 3 0            | - web 3 1             | 123 | children: of the replicas are missing [web.1]",
                "- web 3 0            | - ingest 3 0          | 123 | children: ingest is not among the replicas",
                "- web 3 0            | - web 513 0           | 114 | declared replicas of web: 513 is not between 0 and 512",
                "- web 3 0            | - web.1 3 0           | 114 | replica set: `web.1` must match",
                "- web 3 0            | - web 3               | 114 | expected NAME DECLARED COUNT",
                "notify 5000          | notify 0              | 118 | notify timeout (ms): 0 is not between 1 and",
                "notify-command 2     | notify-command 1      | 118 | found `- the crew`, expected `control-group …`",
                "control-group 1001   | control-group 1001 2   | 119 | control-group: found `1001 2`, expected a whole number",
                "control-group 1001   | control-group -1       | 119 | control-group: -1 is no number of a user or group",
                "control-group 1001   | control-group 4294967295 | 122 | control group: 4294967295 is not between -1 and",
                "control-group 1001   | control-group none     | 122 | control group: there is none, so nobody else can",
                "control-change 2     | control-change 129     | 120 | control-change: count 129, expected 0 to 128",
                "- user 1000          | - usre 1000            | 121 | control-change: found `usre`, expected user or group",
                "- user 1000          | - user                 | 121 | expected user UID, or group GID",
                "- user 1000          | - user -1              | 121 | control-change: -1 is no number",
                "- group 27           | - group 4294967295     | 122 | may have something changed: 4294967295 is not between",
                "- group 27           | - user 1000            | 122 | may have something changed: 1000 comes after 1000",
                "- user 1000          | - group 28             | 122 | may have something changed: 27 comes after 28",
                "child rates          | child rates.1         | 123 | children: rates.1 is not among the replicas",
                "coppice-plan 8       | coppice-plan 7        | 1  | found `coppice-plan 7`, expected `coppice-plan 8`",
                "groups 2             | groups 65             | 9  | groups: count 65, expected 0 to 64",
                "group edge           | group Edge            | 23 | `Edge` must match",
                "member-of  yes       | member-of x yes       | 123 | groups: edge is in x, which does not come before it",
                "member-of edge       | member-of egde        | 123 | children: ingest is in group egde, which is not there",
                "no fail              | no yes                | 49 | member-of: found `no yes`",
                "strategy rest        | strategy best         | 19 | strategy: found `best-for-one`, expected one of one-for-one",
                "60000 0.5            | 60000 1.5             | 22 | backoff jitter: 1.5 is not between 0 and 1",
                "exits 64             | exits 256             | 78 | exit code: 256 is not between 0 and 255",
                "exits HUP            | exits hup             | 79 | signal `hup`: expected a name such as TERM",
                "exits 3 143          | exits 143 3           | 77 | exactly one text",
                "timeout-ms 30000     | timeout-ms 0          | 84 | timeout of ingest@1 (ms): 0 is not between 1 and",
                "timeout-ms 30000     | timeout-ms 9223372036854775807 | 111 | timeout-ms: found `9223372036854775807`",
                "max-restarts 3       | max-restarts 61       | 84 | retries of ingest@1: 61 is not between 0 and 60",
                "max-restarts 3       | max-restarts -1       | 84 | retries of ingest@1: -1 is not between 0 and 60",
                "child ingest@1       | child ingest@33       | 84 | child name: `ingest@33` must match [a-z0-9-]{1,32}, or",
                "child ingest@1       | child ingest-1        | 84 | name of ingest-1: a transaction's slot has one such as",
                "kind transaction     | kind daemon           | 84 | name of ingest@1: a transaction's slot has one such as",
                "standbys 2           | standbys 5            | 84 | the slot ingest@1: rules of its own",
                "- rates ready        | - ingest@1 ready      | 75 | dependency: nobody can wait for ingest@1",
                "isolation user 199999 | isolation vm 0       | 6  | isolation: found `vm`, expected one of mapping user sandbox",
                "isolation user 199999 | isolation mapping 0  | 123 | children: ingest has an identity with isolation mapping",
                "isolation user 199999 | isolation user 0     | 123 | readers: 0 is not between 1 and",
                "isolation user 199999 | isolation user       | 6  | isolation: found `user`, expected MODE READERS",
                "identity 200000      | identity 0            | 83 | uid: 0 is not between 1 and",
                "identity 200000      | identity -200000      | 83 | identity: expected a number of at most",
                "200000,200002        | 200002,200000         | 83 | groups: 200000 after 200002",
                "200000,200002        | 200000,               | 83 | identity: expected a number",
                "200000 1 200000      | 200000 2 200000       | 53 | identity of ingest: 2 users, and it has one process",
                "200001 3             | 200001 41             | 112 | uids: 41 is not between 1 and 40",
                "200001 3             | 199998 3              | 123 | children: ingest@1 has a user that ingest has",
                "identity 200001 3 200000 200001 200010 200000,200002 | identity - | 123 | children: ingest@1 has no identity",
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
    void shouldRefuseUsersThatComeAfterGroups() {
        String text = signed(GOLDEN.replace("- user 1000\n- group 27\n", "- group 27\n- user 1000\n"));
        PlanFormatException e = assertThrows(PlanFormatException.class, () -> PlanText.read(text));
        assertEquals("plan line 121: " + e.reason(), e.getMessage());
        assertTrue(e.reason().contains("exactly one text"), e.getMessage());
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

    @Test
    void shouldSayLimitsOnlyWhereThereAreAny() throws PlanFormatException {
        String body = GOLDEN.replace(
                "identity 200001 3 200000 200001 200010 200000,200002\n",
                "identity 200001 3 200000 200001 200010 200000,200002\nlimits 536870912 1500 0\n");
        Plan plan = PlanText.read(signed(body));
        assertEquals(new Limits(512 << 20, 1500, 0), plan.children().get(2).limits());
        assertEquals(Limits.NONE, plan.children().get(1).limits());
        assertEquals(signed(body), PlanText.write(plan));
        for (String wrong :
                List.of("0 0 0", "1048575 0 0", "0 9 0", "0 1000001 0", "0 0 4194305", "0 0 -1", "0 0", "a 0 0")) {
            assertThrows(
                    PlanFormatException.class,
                    () -> PlanText.read(signed(body.replace("limits 536870912 1500 0", "limits " + wrong))),
                    wrong);
        }
    }

    @Test
    void shouldSayOfASandboxOnlyWhereThereIsOne() throws PlanFormatException {
        String body = PlanText.write(shop())
                .replaceAll("end .*\n", "")
                .replace("isolation user 199999\n", "isolation sandbox 0\n")
                .replaceAll("identity .*\n", "identity -\n");
        String last = "identity -\nreplica-sets";
        String restricted = body.replace(last, "identity -\nsandbox yes\nreplica-sets");
        Plan plan = PlanText.read(signed(restricted));
        assertEquals(
                List.of(false, false, true),
                plan.children().stream().map(ChildPlan::restricted).toList());
        assertEquals(signed(restricted), PlanText.write(plan));
        for (String wrong : List.of("sandbox no", "sandbox yes\nsandbox yes", "sandbox ")) {
            assertThrows(
                    PlanFormatException.class,
                    () -> PlanText.read(signed(restricted.replace("sandbox yes", wrong))),
                    wrong);
        }
        String ofAnotherMode = restricted.replace("isolation sandbox", "isolation mapping");
        assertThrows(PlanFormatException.class, () -> PlanText.read(signed(ofAnotherMode)));
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
                0,
                new Identity(200_000, 1, 200_000, 200_000, 200_009, List.of(200_000, 200_002)),
                Limits.NONE,
                false);
        ChildPlan slot = ChildPlans.slot("ingest", 1)
                .argv(List.of("/usr/bin/java"))
                .environment(own)
                .workingDirectory("/srv/shop")
                .log(LogTarget.JOURNAL)
                .standbys(2)
                .launch(0x0f1e2d3c4b5a6979L)
                .identity(new Identity(200_001, 3, 200_000, 200_001, 200_010, List.of(200_000, 200_002)))
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
                Isolation.USER,
                199_999,
                new ControlAccess(1001, List.of(1000L), List.of(27L)),
                new NoticeCommand(List.of("/usr/bin/page", "the crew"), 5_000),
                List.of(outermost, edge),
                List.of(new ReplicaSet("web", 3, 0)),
                List.of(rates, ingest, slot));
    }
}
