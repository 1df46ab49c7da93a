package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who writes what other supervisors call a key is told what to write, and does no more than that to be right. */
class OtherTonguesTest {
    private static final Pattern SUGGESTED =
            Pattern.compile("shop\\.yaml:(\\d+):(\\d+): [^ ]+: (unknown key)?.*did you mean `(.*)`\\?");

    private static final int MOST_ROUNDS = 4;

    private static final String ONE = "daemons:\n  it:\n    command: [sleep, '60']\n";
    private static final String WORKER =
            "daemons:\n  it:\n    classpath: [lib/shop.jar]\n    main: com.example.Ingest\n";
    private static final String POOL = WORKER + "    transactions:\n";
    private static final String PROBE = ONE + "    readiness_probe:\n";

    /** What people write, one line of it in other words. */
    private static final List<String> WRITTEN = List.of(
            "services:\n  it:\n    command: [sleep, '60']\n",
            "programs:\n  it:\n    command: [sleep, '60']\n",
            "processes:\n  it:\n    command: [sleep, '60']\n",
            "workers:\n  it:\n    command: [sleep, '60']\n",
            "children:\n  it:\n    command: [sleep, '60']\n",
            "name: shop\n" + ONE,
            "project: shop\n" + ONE,
            "daemons:\n  it:\n    class: com.example.Ingest\n    classpath: [lib/shop.jar]\n",
            "daemons:\n  it:\n    main_class: com.example.Ingest\n    classpath: [lib/shop.jar]\n",
            "daemons:\n  it:\n    main: com.example.Ingest\n    cp: [lib/shop.jar]\n",
            "daemons:\n  it:\n    main: com.example.Ingest\n    jars: [lib/shop.jar]\n",
            ONE + "    env: {A: b}\n",
            ONE + "    EnvironmentFile: it.env\n",
            "daemons:\n  it:\n    cmd: [sleep, '60']\n",
            PROBE + "      cmd: [sleep, '0']\n",
            "daemons:\n  it:\n    exec: [sleep, '60']\n",
            "daemons:\n  it:\n    ExecStart: sleep 60\n",
            "daemons:\n  it:\n    entrypoint: [sleep, '60']\n",
            ONE + "    cwd: lib\n",
            ONE + "    dir: lib\n",
            ONE + "    directory: lib\n",
            ONE + "    workdir: lib\n",
            ONE + "    WorkingDirectory: lib\n",
            WORKER + "    arguments: [a]\n",
            ONE + "    after: [other]\n  other: {command: [sleep, '60']}\n",
            ONE + "    requires: other\n  other: {command: [sleep, '60']}\n",
            ONE + "    scale: 2\n",
            ONE + "    instances: 2\n",
            ONE + "    numprocs: 2\n",
            ONE + "    intensity: 3\n",
            ONE + "    StartLimitBurst: 3\n",
            ONE + "    startretries: 3\n",
            ONE + "    retries: 3\n",
            PROBE + "      tcp: {port: 80}\n      retries: 3\n",
            ONE + "    restartPolicy: Always\n",
            ONE + "    restart_policy: unless-stopped\n",
            ONE + "    autorestart: always\n",
            ONE + "    autorestart: unexpected\n",
            ONE + "    exitcodes: '0,2'\n",
            ONE + "    SuccessExitStatus: 1 2\n",
            ONE + "    RestartSec: 5s\n",
            ONE + "    RestartMaxDelaySec: 20s\n",
            ONE + "    ExecStop: kill 1\n",
            ONE + "    stop_signal: SIGINT\n",
            ONE + "    KillSignal: INT\n",
            ONE + "    stop_grace_period: 10s\n",
            ONE + "    stop_grace_period: 1m30s\n",
            ONE + "    stop_grace_period: infinity\n",
            ONE + "    stopwaitsecs: 10\n",
            ONE + "    terminationGracePeriodSeconds: 30\n",
            ONE + "    TimeoutStopSec: 10s\n",
            WORKER + "    TimeoutStartSec: 10s\n",
            WORKER + "    WatchdogSec: 10s\n",
            WORKER + "    memory: 64MiB\n",
            WORKER + "    mem_limit: 512m\n",
            ONE + "    memory_limit: 512m\n",
            ONE + "    MemoryMax: 512M\n",
            ONE + "    mem: 512m\n",
            ONE + "    cpus: 1.5\n",
            ONE + "    cpu_limit: 1\n",
            ONE + "    CPUQuota: 150%\n",
            ONE + "    pids: 100\n",
            ONE + "    pids_limit: 100\n",
            ONE + "    TasksMax: 100\n",
            ONE + "    resources: {memory: 64MiB}\n",
            WORKER + "    xmx: 64m\n",
            WORKER + "    jvm:\n      Xmx: 64MiB\n",
            WORKER + "    segment: 1MiB\n",
            WORKER + "    opts: [-Da=b]\n",
            WORKER + "    jvm:\n      flags: [-Da=b]\n",
            ONE + "    window: 3s\n",
            ONE + "    StartLimitIntervalSec: 10s\n",
            ONE + "    healthcheck: {tcp: {port: 80}}\n",
            ONE + "    ready_log_line: Started\n",
            PROBE + "      httpGet: {port: 80}\n",
            PROBE + "      tcpSocket: {port: 80}\n",
            PROBE + "      test: 'true'\n",
            PROBE + "      command: [sleep, '0']\n",
            PROBE + "      cmd_line: 'true'\n",
            PROBE + "      log: Started\n",
            PROBE + "      output: Started\n",
            PROBE + "      tcp: {port: 80}\n      periodSeconds: 10\n",
            PROBE + "      tcp: {port: 80}\n      interval: 10s\n",
            PROBE + "      tcp: {port: 80}\n      timeoutSeconds: 2\n",
            PROBE + "      tcp: {port: 80}\n      initialDelaySeconds: 10\n",
            PROBE + "      tcp: {port: 80}\n      interval: 1m30s\n",
            POOL + "      workers: 2\n",
            POOL + "      processes: 2\n",
            POOL + "      instances: 2\n",
            POOL + "      numprocs: 2\n",
            POOL + "      pool_size: 2\n",
            POOL + "      concurrency: 2\n",
            POOL + "      parallelism: 2\n",
            POOL + "      threads: 2\n",
            POOL + "      slots: 2\n      max_retries: 2\n",
            POOL + "      slots: 2\n      deadline: 2s\n",
            POOL + "      slots: 2\n      time_limit: 2s\n",
            POOL + "      slots: 2\n      backlog: 2\n",
            POOL + "      slots: 2\n      queue_size: 2\n",
            POOL + "      slots: 2\n      payload: 2KiB\n",
            POOL + "      slots: 2\n      dead_letters: 2\n",
            POOL + "      slots: 2\n      memory: 16MiB\n",
            POOL + "      slots: 2\n      heap: 16MiB\n",
            WORKER + "    transactions: 4\n",
            // Not in the table: by their level, or by the kind of their value.
            WORKER + "    heap: 64MiB\n",
            ONE + "    signal: INT\n",
            ONE + "    shutdown: 10s\n",
            ONE + "    shutdown: INT\n",
            ONE + "    shutdown: brutal_kill\n",
            ONE + "    shutdown: infinity\n",
            ONE + "    success_exit_status: '1 2, TERM'\n",
            ONE + "    readiness_probe: sleep 0\n",
            ONE + "    backoff: 5s\n");

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
        Files.writeString(shop.folder.resolve("it.env"), "A=b\n");
    }

    @Test
    void shouldSuggestForEachWordWhatIsRight() {
        List<String> wrong = new ArrayList<>();
        for (String written : WRITTEN) {
            String outcome = afterAllSuggestions(written);
            if (!outcome.isEmpty()) {
                wrong.add(written.strip() + "\n→ " + outcome);
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** A success counts at once in compose, and within an initial delay nobody looks. */
    @Test
    void shouldTellWhatAStartPeriodIsHere() {
        assertEquals(
                List.of("shop.yaml:6:7: daemons.it.readiness_probe.start_period: unknown key, expected a key of"
                        + " `readiness_probe`; write a `startup_probe` with the same check, whose `period` times"
                        + " `failure_threshold` is that long"),
                shop.errors(PROBE + "      tcp: {port: 80}\n      start_period: 10s\n"));
    }

    /** Does what is suggested until nothing is; empty if the manifest is right then, else what is the matter. */
    private String afterAllSuggestions(String written) {
        String yaml = written;
        for (int round = 0; round <= MOST_ROUNDS; round++) {
            List<String> errors = shop.errors(yaml);
            if (errors.isEmpty()) {
                return round == 0 ? "nothing was said against it" : "";
            }
            Matcher suggestion = errors.stream()
                    .map(SUGGESTED::matcher)
                    .filter(Matcher::matches)
                    .min(Comparator.comparing(matcher -> Integer.parseInt(matcher.group(1))))
                    .orElse(null);
            if (suggestion == null) {
                return "no suggestion: " + errors;
            }
            yaml = done(yaml, suggestion);
        }
        return "not right yet: " + yaml + shop.errors(yaml);
    }

    /** What follows in the line is the value, or the key and the value; if in braces, up to their end. */
    private static String done(String yaml, Matcher suggestion) {
        List<String> lines = new ArrayList<>(yaml.lines().toList());
        int at = Integer.parseInt(suggestion.group(1)) - 1;
        String line = lines.get(at);
        String before = line.substring(0, Integer.parseInt(suggestion.group(2)) - 1);
        String suggested = suggestion.group(4);
        boolean onlyKey = suggestion.group(3) != null && !suggested.contains(":");
        int end = onlyKey
                ? line.indexOf(':', before.length())
                : before.contains("{") ? line.indexOf('}', before.length()) : line.length();
        lines.set(at, before + suggested + line.substring(end));
        return String.join("\n", lines) + "\n";
    }

    @Test
    void shouldHaveTriedEachWordOfTheTable() {
        Set<String> tried = new TreeSet<>();
        Matcher keys = Pattern.compile("(?m)^ *([A-Za-z_]+):").matcher(String.join("", WRITTEN));
        while (keys.find()) {
            tried.add(keys.group(1).toLowerCase(Locale.ROOT).replace("_", ""));
        }
        Set<String> untried = new TreeSet<>(Suggestion.otherWords());
        untried.removeAll(tried);
        assertTrue(untried.isEmpty(), "no example of " + untried);
    }
}
