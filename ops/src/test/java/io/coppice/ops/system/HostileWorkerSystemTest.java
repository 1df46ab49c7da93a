package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.system.IsolationMatrix.Column;
import io.coppice.ops.system.IsolationMatrix.SelfHarm;
import io.coppice.ops.system.daemons.Attempt;
import io.coppice.ops.system.daemons.Victim;
import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: what a worker can do to others is what {@link IsolationMatrix} says, from a daemon and from a transaction, and whatever it does, the others keep
 * their service. Method: a real root for each isolation, and workers that try all of it, by the kernel's own calls; without isolation as well, since an
 * attempt that fails anyway proves nothing. Service is: the peer lives, commits, and is read by another one; the root answers, and its log has no exception.
 */
class HostileWorkerSystemTest {
    private static final Pattern OUTCOME =
            Pattern.compile("(?m)^(daemon|transaction) ([A-Z_]+) ([a-z]+): (done|refused|not here)(.*)$");

    /** Debian's and Ubuntu's default keeps processes of one user from tracing each other. */
    private static final Set<Attempt> TRACING =
            EnumSet.of(Attempt.MEMORY, Attempt.TRACE, Attempt.WRITE_MEMORY, Attempt.STEAL);

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final HostileShop shop = new HostileShop(coppice);
    private final long seed = Long.getLong("coppice.matrix.seed", System.nanoTime());

    @ParameterizedTest
    @EnumSource
    void shouldKeepFromOthersWhatTheMatrixSaysAndServeThemAllTheWhile(Column column) throws Exception {
        HostileShop.skipWhereItCannotBe(column);
        Surroundings surroundings = new Surroundings(coppice.directory);
        try {
            shouldServe(column, start(column), surroundings);
        } finally {
            surroundings.remove();
        }
    }

    private void shouldServe(Column column, Coppice.Root root, Surroundings surroundings) throws Exception {
        shop.told("facts", facts(root) + surroundings.facts());
        assertOutcomes(column, "daemon", shop.await("intruder", "daemon over"));
        shop.assertServed(root, "attempts of a daemon");
        shop.told("transaction", "");
        assertOutcomes(column, "transaction", shop.await("intruder", "transaction over"));
        shop.assertServed(root, "attempts of a transaction");
        if (!column.isBetween()) {
            harmItself(column, root);
        }
        assertEquals(1, coppice.daemon("intruder").number("incarnation"));
        assertEquals(0, coppice.run("status").exitCode());
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(List.of(), HostileShop.complaints(root), root.stderr());
    }

    private void harmItself(Column column, Coppice.Root root) throws Exception {
        for (SelfHarm harm : SelfHarm.values()) {
            shop.told(harm.name(), "");
            String log = shop.await("intruder", harm + " over");
            boolean refused = IsolationMatrix.isRefusedToTransaction(harm, column);
            assertEquals(refused, log.contains(harm + " refused"), log);
            assertEquals(!refused, log.contains(harm + " over: "), log);
        }
        // The slot is of use to the next one.
        shop.told("another", "");
        assertTrue(shop.await("intruder", "another over").contains("another is done\n"), shop.log("intruder"));
        shop.assertServed(root, "what transactions have done to their slot");
        Map<SelfHarm, Long> begun = new EnumMap<>(SelfHarm.class);
        for (SelfHarm harm : SelfHarm.values()) {
            begun.put(harm, begin(harm));
        }
        for (SelfHarm harm : SelfHarm.values()) {
            awaitEnd(column, harm, begun.get(harm));
        }
        shop.assertServed(root, "what workers have done to themselves, all at once");
        // Their successors find what they have left.
        for (SelfHarm harm : SelfHarm.values()) {
            Coppice.Daemon row = coppice.daemon(harm.daemon());
            if (!row.isNull("pid")) {
                Coppice.kill(row.number("pid"));
            }
        }
        for (SelfHarm harm : SelfHarm.values()) {
            coppice.await(
                    harm.daemon(),
                    row -> Set.of(HostileShop.READY, "failed").contains(row.state()) && row.number("incarnation") > 1);
        }
        shop.assertServed(root, "what is left of their segments");
        for (SelfHarm harm : List.of(SelfHarm.NONSENSE, SelfHarm.PUNCHES)) {
            Coppice.Result state = coppice.run("state", harm.daemon());
            assertFalse(state.err().contains("\tat "), state.err());
        }
    }

    /** With everybody of the matrix; the peer that is to be down is. */
    private Coppice.Root start(Column column) throws Exception {
        shop.prepare();
        Path script = coppice.file("lib/health.sh", "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        System.out.println(column + ": -Dcoppice.matrix.seed=" + seed);
        shop.told("seed", Long.toString(seed));
        Path archives = Files.createDirectories(coppice.home().resolve(".archives"));
        Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString("rwx------"));
        for (String name : List.of("decoy.jsa", "lock")) {
            Files.createFile(
                    archives.resolve(name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Path home = coppice.home();
        StringBuilder daemons = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (SelfHarm harm : column.isBetween() ? new SelfHarm[0] : SelfHarm.values()) {
            names.add(harm.daemon());
            // With slots the root listens to it when it is ready, too, and to what it asks for.
            String more = "max_restarts: 2, backoff: none, "
                    + (harm == SelfHarm.LIES ? "transactions: {slots: 1}" : "heartbeat: {timeout: 1s}");
            daemons.append(shop.vandal(harm.daemon(), harm.way, home.resolve("shop"), more));
        }
        // With a control group of its own, where it can have one.
        String limits = ControlGroups.ofThisProcess().whyNot(Controller.TASKS).isEmpty() ? "limits: {tasks: 1000}" : "";
        daemons.append("""
                  idle:
                    main: io.coppice.ops.system.daemons.Ticker
                    liveness_probe: {exec: './lib/health.sh', period: 60s, timeout: 60s}
                  intruder:
                    main: io.coppice.ops.system.daemons.Intruder
                    reads: [peer]
                    args: [%s, %s]
                    transactions: {slots: 1, retries: 0, timeout: 300s}
                    %s
                """.formatted(home, shop.told(), limits));
        Coppice.Root root = shop.run(column, "", names, daemons.toString());
        coppice.awaitState("idle", HostileShop.READY);
        coppice.awaitState("intruder", HostileShop.READY);
        coppice.run("stop", "idle");
        // What an operator may do any day; the peer listens from then on.
        new ProcessBuilder("jcmd", Long.toString(shop.pid("peer")), "VM.version")
                .redirectErrorStream(true)
                .redirectOutput(coppice.directory.resolve("jcmd").toFile())
                .start()
                .waitFor();
        return root;
    }

    private String facts(Coppice.Root root) throws Exception {
        return "peer=" + shop.pid("peer") + "\nroot=" + root.process.pid() + "\nintruder=" + shop.pid("intruder")
                + "\n";
    }

    private static void assertOutcomes(Column column, String where, String log) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        for (Attempt attempt : Attempt.values()) {
            for (Victim victim : attempt.victims()) {
                if (victim.isOfDaemons() || where.equals("transaction")) {
                    expected.put(
                            attempt + " " + victim, IsolationMatrix.isRefused(attempt, column) ? "refused" : "done");
                }
            }
        }
        boolean lesser = !HostileShop.isUserZero();
        Matcher line = OUTCOME.matcher(log);
        while (line.find()) {
            if (line.group(1).equals(where)) {
                String name = line.group(2) + " " + line.group(3);
                Attempt attempt = Attempt.valueOf(line.group(2));
                boolean excused = line.group(4).equals("not here")
                        || (attempt == Attempt.PACKETS && !mayListen())
                        || (lesser
                                && line.group(4).equals("refused")
                                && (attempt == Attempt.GROUP
                                        || attempt == Attempt.DRAW
                                        || (TRACING.contains(attempt) && isTracingKept())));
                if (excused && !IsolationMatrix.isRefused(attempt, column)) {
                    System.out.println("SKIPPED: " + column + ": " + line.group());
                    expected.remove(name);
                } else {
                    found.put(name, line.group(4));
                }
            }
        }
        assertEquals(expected, found, log);
    }

    /** Whether this test has CAP_NET_RAW, 13, and so the root that it runs. */
    private static boolean mayListen() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(text -> text.startsWith("CapEff:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16) >> 13 & 1) == 1;
    }

    private static boolean isTracingKept() throws IOException {
        Path yama = Path.of("/proc/sys/kernel/yama/ptrace_scope");
        return Files.exists(yama) && !Files.readString(yama).strip().equals("0");
    }

    /** Has it begun, and tells which incarnation it is that began it. */
    private long begin(SelfHarm harm) throws Exception {
        String name = harm.daemon();
        long incarnation = coppice.awaitState(name, HostileShop.READY).number("incarnation");
        shop.told(name, "");
        shop.await(name, name + " begins");
        return incarnation;
    }

    private void awaitEnd(Column column, SelfHarm harm, long incarnation) throws Exception {
        String name = harm.daemon();
        // It may be gone before it can say that it was done.
        coppice.await(
                name,
                row -> row.isNull("pid")
                        || row.number("incarnation") > incarnation
                        || shop.log(name).contains(name + ": "));
        String log = coppice.log(name);
        assertEquals(IsolationMatrix.isRefused(harm, column), log.contains(name + ": refused"), log);
        if (harm == SelfHarm.LIES) {
            // No lie of one word ends it.
            assertTrue(log.contains(name + ": done"), () -> log + shop.log(name + "@transactions"));
        }
    }
}
