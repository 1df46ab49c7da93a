package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of a plan that say the probes of a child. */
class ProbeTextTest {
    private static final String GOLDEN = """
            probes 3
            probe startup 500 1000 200 1 30
            check https 8443 ::1
            path /up?deep=1
            headers 1
            - X-Probe: yes: it is
            probe readiness 0 10000 1000 2 3
            check exec 2
            - /usr/bin/test
            - two\\nlines
            probe liveness 0 10000 1000 1 3
            check tcp 8080 127.0.0.1
            """;

    private static final String LOG_LINE = """
            probes 1
            probe readiness 0 10000 1000 1 3
            check log-line
            pattern ^up in \\\\d+ ms$
            """;

    private static Plan plan(Probes probes) {
        return new Plan(
                "shop",
                "/m",
                "/d",
                "/s",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(ChildPlans.command("web")
                        .log(LogTarget.FILE)
                        .probes(probes)
                        .plan()));
    }

    private static Plan golden() {
        return plan(new Probes(
                new Probe(
                        new ProbeCheck.Http(
                                true,
                                "::1",
                                8443,
                                "/up?deep=1",
                                List.of(new ProbeCheck.Header("X-Probe", "yes: it is"))),
                        500,
                        1_000,
                        200,
                        1,
                        30),
                new Probe(new ProbeCheck.Exec(List.of("/usr/bin/test", "two\nlines")), 0, 10_000, 1_000, 2, 3),
                new Probe(new ProbeCheck.Tcp("127.0.0.1", 8080), 0, 10_000, 1_000, 1, 3)));
    }

    private static Plan logLine() {
        return plan(
                new Probes(null, new Probe(new ProbeCheck.LogLine("^up in \\d+ ms$"), 0, 10_000, 1_000, 1, 3), null));
    }

    @Test
    void shouldWriteTheDocumentedLinesAndReadThem() throws PlanFormatException {
        assertTrue(PlanText.write(golden()).contains(GOLDEN), PlanText.write(golden()));
        assertTrue(PlanText.write(logLine()).contains(LOG_LINE), PlanText.write(logLine()));
        assertEquals(golden(), PlanText.read(PlanText.write(golden())));
        assertEquals(logLine(), PlanText.read(PlanText.write(logLine())));
    }

    /** A line within the probes, which begin at line 1 here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "probes 3          | probes 4           | 1  | probes: count 4, expected 0 to 3",
                "probe startup     | probe stratup      | 6  | probe: found `stratup`, expected startup, readiness or",
                "probe startup 500 | probe startup x    | 2  | probe: found `x`, expected a whole number",
                "probe startup 500 | probe startup -1   | 2  | initial delay of a probe (ms): -1 is not between",
                "200 1 30          | 200 1 99999999999  | 2  | probe: a threshold is too large",
                "200 1 30          | 200 1              | 2  | expected startup|readiness|liveness DELAY PERIOD",
                "check https       | check ftp          | 3  | check: found `ftp 8443 ::1`, expected `exec COUNT`",
                "8443              | 70000              | 3  | check: port 70000 is not between 1 and 65535",
                "path /up          | path up            | 3  | http path: `up?deep=1` is not a path",
                "headers 1         | headers 33         | 5  | headers: count 33, expected 0 to 32",
                "X-Probe: yes: it is | X-Probe=yes     | 6  | headers: `X-Probe=yes` is not NAME: VALUE",
                "X-Probe: yes      | X Probe: yes       | 6  | http header: `X Probe` cannot be a name",
                "check exec 2      | check exec 513     | 8  | check: 513 words, expected 1 to 512",
                "check exec 2      | check exec -1      | 8  | check: -1 words, expected 1 to 512",
                "check tcp         | check  tcp         | 12 | check: found ` tcp 8080 127.0.0.1`",
                "10000 1000 2 3    | 10000 1000 0 3     | 7  | success threshold of a probe: 0 is not between",
            })
    void shouldNameLineAndReason(String from, String to, int line, String reason) {
        assertTrue(GOLDEN.contains(from), from);
        String text = PlanText.write(golden());
        int before = (int) text.substring(0, text.indexOf(GOLDEN)).lines().count();
        String body =
                text.substring(0, text.indexOf("end ")).replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to));
        PlanFormatException e = assertThrows(
                PlanFormatException.class, () -> PlanText.read(body + "end " + PlanText.checksum(body) + "\n"));
        assertTrue(e.reason().contains(reason), e.getMessage());
        assertEquals(before + line, e.line(), e.getMessage());
    }
}
