package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckReportTest {
    @Test
    void shouldTellOrderPlacesAndSums(@TempDir Path temporary) throws IOException {
        Workshop shop = new Workshop(temporary);
        String yaml = """
                daemons:
                  ingest:
                    main: com.example.Ingest
                    classpath: [lib/shop.jar]
                    depends_on: {rates: {condition: ready}}
                    args: [--main, decoy]
                  rates: {main: com.example.Rates, classpath: [lib/shop.jar], state: 64MiB, backoff: none, max_restarts: unlimited}
                  web: {command: [sleep, "it's 60"], restart: never, log: journal}
                """;
        String report = CheckReport.of(Path.of("shop.yaml"), shop.compiled(yaml))
                .replace(temporary.toString(), "TMP")
                .replaceAll("only user [0-9]+( and root)? may", "only WHO may")
                .replaceAll(
                        "of [0-9.]+[GTM]iB, the free space of the file system that holds (\\S+) \\(.*\\)",
                        "of FREE, $1");
        assertEquals("""
                shop.yaml: instance shop, 3 daemons, in the order of their start:
                  rates   main com.example.Rates
                          state 64MiB, heartbeat 5s, restart on-failure (unlimited, at once), stop TERM 10s
                  ingest  main com.example.Ingest
                          state 1MiB, heartbeat 5s, restart on-failure (5 in 1m, backoff 10ms to 10s), stop TERM 10s, after rates ready
                  web     command sleep 'it'\\''s 60'
                          restart never, stop TERM 10s, log journal
                control    only WHO may ask the root (the key `control` lets others)
                isolation  mapping: workers are one user, and map each other's segments read-only;
                           that keeps off accidents, not malice (the key `isolation` changes it)
                directory  TMP/instances/shop (COPPICE_HOME_DIR says so)
                segments   TMP/instances/shop (the same; the key `segments` moves them)
                logs       TMP/instances/shop/logs; as a service, in the journal (the key `log` chooses)
                memory     everything that can be taken, by process:
                  process  segment    heap  metaspace  code cache  direct  stacks      JVM       sum
                  root       18MiB   24MiB      48MiB       24MiB   24MiB   12MiB  32.1MiB  182.1MiB
                  rates      64MiB   64MiB      64MiB       32MiB   16MiB   12MiB  32.3MiB  284.3MiB
                  ingest      1MiB   64MiB      64MiB       32MiB   16MiB   12MiB  32.3MiB  221.3MiB
                  sum        83MiB  152MiB     176MiB       88MiB   56MiB   36MiB  96.6MiB  687.6MiB
                  Contents that steps back set aside are not counted: up to 3 times its segment for each daemon, 195MiB in all, beside it,
                  and once or twice more while a step back is made.
                  Plain commands are not counted: what they take is not declared.
                limits
                  83MiB of FREE, TMP/instances/shop
                  687.6MiB of 64GiB, the memory of this machine (MemTotal in /proc/meminfo)
                """, report);
    }

    @Test
    void shouldTellOfStandbysAndOfTheFenceThatIsNotTheDefault(@TempDir Path temporary) throws IOException {
        String yaml = Workshop.daemonWith("standby: 2", "fence: word");
        String report = CheckReport.of(Path.of("shop.yaml"), new Workshop(temporary).compiled(yaml))
                .lines()
                .filter(line -> line.contains("heartbeat"))
                .findFirst()
                .orElseThrow();
        assertTrue(report.contains(", 2 standbys, fence word, restart"), report);
    }

    /** The keys about a daemon's contents, each once it is not the default. */
    @Test
    void shouldTellWhatIsNotTheDefaultOfStateKeys(@TempDir Path temporary) throws IOException {
        Workshop shop = new Workshop(temporary);
        String keys = "    main: com.example.Ingest\n    classpath: [lib/shop.jar]\n";
        String yaml = "daemons:\n  a:\n" + keys
                + "    checkpoints: 1\n    checkpoint_every: 30s\n    resume: ask\n    evolve: migrate\n"
                + "    checksum: arena\n    recover: {timeout: 5s}\n    migrate: {timeout: 10m}\n    poison: none\n"
                + "  b:\n" + keys
                + "    checkpoints: 2\n    checkpoint_every: 1 commit\n    poison: {crashes: 3, then: [checkpoint, empty]}\n"
                + "    resume: resume\n    args: [--resume, zero]\n"
                + "  c:\n" + keys + "    poison: {crashes: 7}\n";
        List<String> rules = CheckReport.of(Path.of("shop.yaml"), shop.compiled(yaml))
                .lines()
                .filter(line -> line.contains("heartbeat"))
                .map(line -> line.substring(0, line.indexOf(", heartbeat")).strip())
                .toList();
        assertEquals(
                List.of(
                        "state 1MiB and 1 checkpoint, checkpoint every 30s, resume ask, evolve migrate, checksum arena,"
                                + " recover timeout 5s, migrate timeout 10m, poison none",
                        "state 1MiB and 2 checkpoints, checkpoint every 1 commit,"
                                + " after 3 poisoned deaths checkpoint, then empty",
                        "state 1MiB, failed after 7 poisoned deaths"),
                rules);
    }

    @Test
    void shouldTellWhoGoesDownWithWhom(@TempDir Path temporary) throws IOException {
        String report = CheckReport.of(Path.of("shop.yaml"), new Workshop(temporary).compiled("""
                max_restarts: 9
                auto_shutdown: all-significant
                groups:
                  edge: {members: [web, inner], strategy: one-for-all, max_restarts: 2, period: 10s}
                  inner: {members: [cache], max_restarts: 0, on_give_up: fail}
                daemons:
                  db: {command: [sleep, "1"], significant: true, success_exit_status: [3, TERM], backoff: {jitter: 0.5}}
                  cache: {command: [sleep, "1"], restart_prevent_exit_status: [64], restart_force_exit_status: [HUP]}
                  web: {command: [sleep, "1"], depends_on: {db: {condition: ready, restart: true}}}
                """));
        assertTrue(report.contains("""
                instance   one-for-one, at most 9 restarts in 1m, then the root exits with 5, auto_shutdown all-significant
                group      edge: web inner, one-for-all, at most 2 restarts in 10s, then restarted by the instance
                group      inner: cache, one-for-one, at most 0 restarts in 1m, then all are failed
                control""" + "  "), report);
        assertTrue(
                report.contains("10ms to 10s, jitter 0.5), stop TERM 10s, succeeds with 3 TERM, significant\n"),
                report);
        assertTrue(report.contains(", never restarted after 64, always restarted after HUP\n"), report);
        assertTrue(report.contains(", after db ready, restarted with it, given up with its group\n"), report);
    }
}
