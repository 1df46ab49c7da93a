package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
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
                  web: {command: [sleep, "it's 60"], restart: never}
                """;
        String report = CheckReport.of(Path.of("shop.yaml"), shop.compiled(yaml))
                .replace(temporary.toString(), "TMP")
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
                          restart never, stop TERM 10s
                directory  TMP/instances/shop (COPPICE_HOME_DIR says so)
                segments   TMP/instances/shop (the same; the key `segments` moves them)
                memory     everything that can be taken, by process:
                  process  segment    heap  metaspace  code cache  direct  stacks      JVM       sum
                  root        8MiB   24MiB      48MiB       24MiB   24MiB   12MiB  32.1MiB  172.1MiB
                  rates      64MiB   64MiB      64MiB       32MiB   16MiB   12MiB  32.3MiB  284.3MiB
                  ingest      1MiB   64MiB      64MiB       32MiB   16MiB   12MiB  32.3MiB  221.3MiB
                  sum        73MiB  152MiB     176MiB       88MiB   56MiB   36MiB  96.6MiB  677.6MiB
                  Plain commands are not counted: what they take is not declared.
                limits
                  73MiB of FREE, TMP/instances/shop
                  677.6MiB of 64GiB, the memory of this machine (MemTotal in /proc/meminfo)
                """, report);
    }
}
