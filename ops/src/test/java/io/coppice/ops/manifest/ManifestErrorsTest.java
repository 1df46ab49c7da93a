package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about each mistake. */
class ManifestErrorsTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    @Test
    void shouldTellTenMistakesAtOnceEachWithItsPlace() throws IOException {
        assertEquals(
                resource("ten-mistakes.expected").strip(),
                String.join("\n", shop.errors(resource("ten-mistakes.yaml"))));
        assertFalse(Files.exists(shop.base), "nothing is created by a refusal");
    }

    /** One line below the daemon `it` of class Ingest (lines 1 to 4 are fixed), and what is said about it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "restrat: always | 5:5: daemons.it.restrat: unknown key, expected a key of a daemon; did you mean `restart`?",
                "restarts: always | 5:5: daemons.it.restarts: unknown key, expected a key of a daemon; did you mean `restart`?",
                "env: {A: b} | 5:5: daemons.it.env: unknown key, expected a key of a daemon; did you mean `environment`?",
                "heap: 64MiB | 5:5: daemons.it.heap: unknown key, expected a key of a daemon; did you mean `jvm: {heap: 64MiB}`?",
                "<<: always | 5:9: <<: `always`, expected an alias such as `*common` of a mapping, or a list of those",
                "<<: [{state: 1MiB}, {}, 7] | 5:29: <<: `7`, expected an alias such as `*common` of a mapping, or a list of those",
                "<<: {restrat: always} | 5:10: daemons.it.restrat: unknown key, expected a key of a daemon; did you mean `restart`?",
                "jvm: {haep: 1GiB} | 5:11: daemons.it.jvm.haep: unknown key, expected a key of `jvm`; did you mean `heap`?",
                "backoff: {maximum: 1s} | 5:15: daemons.it.backoff.maximum: unknown key, expected a key of `backoff`: initial, factor, max, reset_after, jitter",
                "state: 64x | 5:12: daemons.it.state: `64x` has the unknown unit `x`, expected a size in B, KiB, MiB or GiB such as `64MiB`",
                "state: 64MB | 5:12: daemons.it.state: `64MB`, expected a size in B, KiB, MiB or GiB such as `64MiB`; did you mean `64MiB`?",
                "state: 64 MiB | 5:12: daemons.it.state: `64 MiB`, expected a size in B, KiB, MiB or GiB such as `64MiB`; did you mean `64MiB`?",
                "state: 1048576 | 5:12: daemons.it.state: `1048576` has no unit, expected a size in B, KiB, MiB or GiB such as `64MiB`; did you mean `1048576B`?",
                "state: 64 | 5:12: daemons.it.state: `64` has no unit, expected a size in B, KiB, MiB or GiB such as `64MiB`; did you mean `64MiB`?",
                "state: 1.5GiB | 5:12: daemons.it.state: `1.5GiB` is not a whole number, expected a size in B, KiB, MiB or GiB such as `64MiB`; write it in a smaller unit",
                "state: 999999999999GiB | 5:12: daemons.it.state: `999999999999GiB` is too large, expected a size in B, KiB, MiB or GiB such as `64MiB`",
                "state: 32KiB | 5:12: daemons.it.state: `32KiB` is out of range, expected 64KiB to 2047MiB",
                "state: 2GiB | 5:12: daemons.it.state: `2GiB` is out of range, expected 64KiB to 2047MiB",
                "state: [1MiB] | 5:12: daemons.it.state: a list, expected a size in B, KiB, MiB or GiB such as `64MiB`",
                "state: | 5:11: daemons.it.state: no value, expected a size in B, KiB, MiB or GiB such as `64MiB`",
                "jvm: {heap: 1MiB} | 5:17: daemons.it.jvm.heap: `1MiB` is out of range, expected 8MiB to 1024GiB",
                "jvm: 64MiB | 5:10: daemons.it.jvm: `64MiB`, expected a mapping of heap, options, archive; did you mean `{heap: 64MiB}`?",
                "heartbeat: 2s | 5:16: daemons.it.heartbeat: `2s`, expected a mapping of timeout; did you mean `{timeout: 2s}`?",
                "heartbeat: {timeout: 5} | 5:26: daemons.it.heartbeat.timeout: `5` has no unit, expected a duration in ms, s, m or h such as `5s`; did you mean `5s`?",
                "heartbeat: {timeout: 5sec} | 5:26: daemons.it.heartbeat.timeout: `5sec`, expected a duration in ms, s, m or h such as `5s`; did you mean `5s`?",
                "heartbeat: {timeout: 5d} | 5:26: daemons.it.heartbeat.timeout: `5d` has the unknown unit `d`, expected a duration in ms, s, m or h such as `5s`",
                "heartbeat: {timeout: -5s} | 5:26: daemons.it.heartbeat.timeout: `-5s`, expected a duration in ms, s, m or h such as `5s`",
                "heartbeat: {timeout: 1ms} | 5:26: daemons.it.heartbeat.timeout: `1ms` is out of range, expected 100ms to 24h",
                "period: 0s | 5:13: daemons.it.period: `0s` is out of range, expected 1ms to 8760h",
                "restart: no | 5:14: daemons.it.restart: `no`, expected `on-failure`, `always` or `never`; did you mean `never`?",
                "restart: on_failure | 5:14: daemons.it.restart: `on_failure`, expected `on-failure`, `always` or `never`; did you mean `on-failure`?",
                "restart: allways | 5:14: daemons.it.restart: `allways`, expected `on-failure`, `always` or `never`; did you mean `always`?",
                "restart: true | 5:14: daemons.it.restart: `true`, expected `on-failure`, `always` or `never`; did you mean `always`?",
                "restart: sometimes | 5:14: daemons.it.restart: `sometimes`, expected `on-failure`, `always` or `never`",
                "restart: {exit_codes: [1]} | 5:14: daemons.it.restart: a mapping, expected `on-failure`, `always` or `never`; exit codes and signals go into `success_exit_status`, `restart_prevent_exit_status` and `restart_force_exit_status`, how often and how soon into `max_restarts`, `period` and `backoff`",
                "restart: {policy: on-failure} | 5:14: daemons.it.restart: a mapping, expected `on-failure`, `always` or `never`; did you mean `on-failure`? Exit codes and signals go into `success_exit_status`, `restart_prevent_exit_status` and `restart_force_exit_status`, how often and how soon into `max_restarts`, `period` and `backoff`",
                "restart_policy: {condition: any} | 5:21: daemons.it.restart: a mapping, expected `on-failure`, `always` or `never`; did you mean `always`? Exit codes and signals go into `success_exit_status`, `restart_prevent_exit_status` and `restart_force_exit_status`, how often and how soon into `max_restarts`, `period` and `backoff`",
                "max_restarts: -1 | 5:19: daemons.it.max_restarts: `-1`, expected a whole number from 0 to 65536 (restarts in `period`; 0 = never) or `unlimited`; did you mean `unlimited`?",
                "max_restarts: 1.5 | 5:19: daemons.it.max_restarts: `1.5`, expected a whole number from 0 to 65536 (restarts in `period`; 0 = never) or `unlimited`",
                "max_restarts: \"5\" | 5:19: daemons.it.max_restarts: the text \"5\", expected a whole number from 0 to 65536 (restarts in `period`; 0 = never) or `unlimited`; remove the quotes",
                "max_restarts: unlimted | 5:19: daemons.it.max_restarts: `unlimted`, expected a whole number from 0 to 65536 (restarts in `period`; 0 = never) or `unlimited`; did you mean `unlimited`?",
                "backoff: off | 5:14: daemons.it.backoff: `off`, expected a mapping of initial, factor, max, reset_after, jitter, or `none`; did you mean `none`?",
                "backoff: 5s | 5:14: daemons.it.backoff: `5s`, expected a mapping of initial, factor, max, reset_after, jitter, or `none`; did you mean `{initial: 5s}`?",
                "backoff: {factor: 0.5} | 5:23: daemons.it.backoff.factor: `0.5`, expected a number from 1 to 100 with at most three decimal places, such as `2` or `1.5`",
                "backoff: {initial: 20s} | 5:24: daemons.it.backoff.initial: the initial delay of 20s is longer than `backoff.max` (10s, the default), expected an initial delay up to that; set `backoff.max` too",
                "shutdown: {signal: TREM} | 5:24: daemons.it.shutdown.signal: `TREM`, expected the name of a signal such as `TERM`, `INT` or `QUIT`; did you mean `TERM`?",
                "shutdown: {signal: 15} | 5:24: daemons.it.shutdown.signal: `15`, expected the name of a signal such as `TERM`, `INT` or `QUIT`; numbers differ between machines, names do not; did you mean `TERM`?",
                "shutdown: {signal: STOP} | 5:24: daemons.it.shutdown.signal: `STOP`, expected the name of a signal such as `TERM`, `INT` or `QUIT`; this one ends no process",
                "depends_on: rates | 5:17: daemons.it.depends_on: `rates`, expected a list of daemons such as [rates], or a mapping such as {rates: {condition: ready}}; did you mean `[rates]`?",
                "depends_on: [rats] | 5:18: daemons.it.depends_on[0]: no daemon is called `rats`, expected the name of a daemon; there is no other",
                "restart: on-abnormal | 5:14: daemons.it.restart: `on-abnormal`, expected `on-failure`, `always` or `never`; did you mean `on-failure`? That restarts after exit codes, too, but for those in `restart_prevent_exit_status`",
                "restart: \"on-failure:3\" | 5:14: daemons.it.restart: `on-failure:3`, expected `on-failure`, `always` or `never`; did you mean `on-failure`? The number goes into `max_restarts`",
                "shutdown: brutal_kill | 5:15: daemons.it.shutdown: `brutal_kill`, expected a mapping of signal, timeout, command; did you mean `{signal: KILL}`?",
                "shutdown: infinity | 5:15: daemons.it.shutdown: `infinity`, expected a mapping of signal, timeout, command; did you mean `{timeout: 8760h}`?",
                "shutdown: gently | 5:15: daemons.it.shutdown: `gently`, expected a mapping of signal, timeout, command",
                "period: 1m30s | 5:13: daemons.it.period: `1m30s`, expected a duration in ms, s, m or h such as `5s`; did you mean `90s`?",
                "period: 1h 30min | 5:13: daemons.it.period: `1h 30min`, expected a duration in ms, s, m or h such as `5s`; did you mean `90m`?",
                "period: infinity | 5:13: daemons.it.period: `infinity`, expected a duration in ms, s, m or h such as `5s`; did you mean `8760h`?",
                "success_exit_status: 1 2 | 5:26: daemons.it.success_exit_status: `1 2`, expected a list of exit codes and signals such as [3, TERM]; did you mean `[1, 2]`?",
                "depends_on: [its] | 5:18: daemons.it.depends_on[0]: no daemon is called `its`, expected the name of a daemon; there is no other",
                "depends_on: [it] | 5:18: daemons.it.depends_on[0]: `it` depends on itself, expected an order in which daemons can start",
                "depends_on: [a, a] | 5:21: daemons.it.depends_on[1]: `a` is named twice, expected each daemon once",
                "depends_on: {it: {condition: service_healthy}} | 5:34: daemons.it.depends_on.it.condition: `service_healthy`, expected `started`, `ready`, `healthy` or `completed`; did you mean `healthy`?",
                "depends_on: {it: {}} | 5:22: daemons.it.depends_on.it: no `condition`, expected {condition: started}, ready, healthy or completed",
                "depends_on: {it: {conditoin: ready}} | 5:23: daemons.it.depends_on.it.conditoin: unknown key, expected `condition` or `restart`; did you mean `condition`?",
                "reads: [it] | 5:13: daemons.it.reads[0]: `it` reads itself, expected other daemons; its own state it always sees",
                "reads: [its] | 5:13: daemons.it.reads[0]: no daemon is called `its`, expected the name of a daemon with `main`; there is no other",
                "args: --topic | 5:11: daemons.it.args: `--topic`, expected a list of arguments such as [--topic, orders]; did you mean `[--topic]`?",
                "args: [a, {b: c}] | 5:15: daemons.it.args[1]: a mapping, expected a text",
                "args: [a, ~] | 5:15: daemons.it.args[1]: no value, expected a text; write \"\" for an empty text",
                "environment: [A=b] | 5:18: daemons.it.environment: a list, expected a mapping such as {LANG: C.UTF-8}; write `NAME: VALUE`, not `- NAME=VALUE`",
                "environment: {A: } | 5:21: daemons.it.environment.A: no value, expected a text; write \"\" for an empty text",
                "environment: {A=B: c} | 5:19: daemons.it.environment.A=B: `A=B` cannot name a variable, expected letters, digits and `_`, not starting with a digit",
                "environment: {JAVA_TOOL_OPTIONS: -Xmx1g} | 5:19: daemons.it.environment.JAVA_TOOL_OPTIONS: `JAVA_TOOL_OPTIONS` would change the JVM behind the budget's back, expected the key `jvm.options`",
                "working_dir: lub | 5:18: daemons.it.working_dir: `lub` does not exist (looked at lub), expected an existing directory; did you mean `lib`?",
                "working_dir: shop.yaml | 5:18: daemons.it.working_dir: `shop.yaml` is not a directory (looked at shop.yaml), expected an existing directory",
                "standby: 5 | 5:14: daemons.it.standby: `5`, expected a number from 0 to 4",
                "jvm: {archive: no} | 5:20: daemons.it.jvm.archive: `no`, expected one of `auto`, `none`; did you mean `none`?",
                "fence: pidfd | 5:12: daemons.it.fence: `pidfd`, expected one of `lock`, `word`",
                "fence: word | 5:12: daemons.it.fence: no standby that could go on at the death word, expected `standby` of 1 or more beside it, or `fence: lock`",
                "checksum: crc | 5:15: daemons.it.checksum: `crc`, expected one of `none`, `arena`",
                "checksum: aren | 5:15: daemons.it.checksum: `aren`, expected one of `none`, `arena`; did you mean `arena`?",
                "log: syslog | 5:10: daemons.it.log: `syslog`, expected one of `auto`, `file`, `journal`",
                "log: jurnal | 5:10: daemons.it.log: `jurnal`, expected one of `auto`, `file`, `journal`; did you mean `journal`?",
                "resume: never | 5:13: daemons.it.resume: `never`, expected one of `resume`, `zero`, `ask`",
                "poison: off | 5:13: daemons.it.poison: `off`, expected a mapping of crashes, then, or `none`; did you mean `none`?",
                "poison: 3 | 5:13: daemons.it.poison: `3`, expected a mapping of crashes, then, or `none`; did you mean `{crashes: 3}`?",
                "poison: {crashes: 0} | 5:23: daemons.it.poison.crashes: `0`, expected a number from 1 to 1000",
                "poison: {crashes: 1001} | 5:23: daemons.it.poison.crashes: `1001`, expected a number from 1 to 1000",
                "poison: {then: empty} | 5:20: daemons.it.poison.then: `empty`, expected a list of `checkpoint`, `empty` or both; did you mean `[empty]`?",
                "poison: {then: []} | 5:20: daemons.it.poison.then: an empty list, expected a list of `checkpoint`, `empty` or both",
                "poison: {then: [empti]} | 5:21: daemons.it.poison.then[0]: `empti`, expected `checkpoint` or `empty`; did you mean `empty`?",
                "poison: {then: [empty, empty]} | 5:28: daemons.it.poison.then[1]: `empty` a second time, expected it once",
                "poison: {then: [checkpoint]} | 5:20: daemons.it.poison.then: no checkpoint to fall back to, expected `checkpoints` of 1 or more beside it",
                "readiness_probe: {tcp: {port: 80}} | 5:35: daemons.it.readiness_probe: `readiness_probe` beside `main`, expected it on a plain command; a daemon says itself when it is up: when its `start` has returned; remove the key",
                "isolation: user | 5:16: daemons.it.isolation: `user`, expected `mapping`, by which it is in no sandbox; the mode of all is a key at the top of the manifest",
                "jvm: {options: [-Xmx1g]} | 5:21: daemons.it.jvm.options[0]: `-Xmx1g`, expected the key `jvm.heap` instead of this option",
                "jvm: {options: [-cp, x.jar]} | 5:21: daemons.it.jvm.options[0]: `-cp`, expected the key `classpath` instead of this option",
                "jvm: {options: [\"-XX:+A -XX:+B\"]} | 5:21: daemons.it.jvm.options[0]: `-XX:+A -XX:+B` holds more than one option, expected one per element; write [\"-XX:+A\", \"-XX:+B\"]",
                "jvm: {options: [\"-XX:+UseG1GC\", \"-XX:+UseZGC\"]} | 5:37: daemons.it.jvm.options[1]: a second collector after -XX:+UseG1GC, expected one",
                "jvm: {options: [\"-XX:MaxMetaspaceSize=big\"]} | 5:21: daemons.it.jvm.options[0]: `-XX:MaxMetaspaceSize=big`, expected a size as the JVM writes them, such as -XX:MaxMetaspaceSize=64m",
                "jvm: {options: [-version]} | 5:21: daemons.it.jvm.options[0]: `-version` makes the JVM end at once, expected an option for running",
                "jvm: {options: [--add-opens]} | 5:21: daemons.it.jvm.options[0]: `--add-opens` without its value, expected the value as the next element",
                "command: [sleep, 1] | 2:3: daemons.it: both `main` and `command`, expected one of them; `main` names a class against the worker module, `command` any program",
                "state: !!binary aGk= | 5:12: daemons.it.state: `aGk=`, expected a size in B, KiB, MiB or GiB such as `64MiB`",
            })
    void shouldSayWhatIsWrongBelowADaemon(String line, String expected) {
        List<String> errors = shop.errors(Workshop.daemonWith(line));
        // `a` of `[a, a]` does not exist either; the first error of each line is what is asked for here.
        assertTrue(errors.contains("shop.yaml:" + expected.strip()), () -> String.join("\n", errors));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "state: 1MiB | 4:12: daemons.it.state: `state` on a plain command, expected it only beside `main`; a plain command has no segment; remove the key",
                "heartbeat: {timeout: 5s} | 4:26: daemons.it.heartbeat.timeout: `heartbeat.timeout` on a plain command, expected it only beside `main` or `agent`; a plain command has no heartbeat; remove the key",
                "jvm: {heap: 64MiB} | 4:17: daemons.it.jvm.heap: `jvm.heap` on a plain command, expected it only beside `main`; a java command says these itself",
                "poison: none | 4:13: daemons.it.poison: `poison` on a plain command, expected it only beside `main`; a plain command has no state; remove the key",
                "poison: {crashes: 3} | 4:23: daemons.it.poison.crashes: `poison.crashes` on a plain command, expected it only beside `main`; a plain command has no state; remove the key",
                "reads: [] | 4:12: daemons.it.reads: `reads` on a plain command, expected it only beside `main`; remove the key",
                "args: [x] | 4:11: daemons.it.args: `args` on a plain command, expected it only beside `main`; write the arguments into `command`",
                "start: {timeout: 5s} | 4:22: daemons.it.start.timeout: `start.timeout` on a plain command, expected it only beside `main` or `agent`; a plain command is ready once it runs; remove the key",
                "classpath: [lib/shop.jar] | 4:16: daemons.it.classpath: `classpath` on a plain command, expected it only beside `main`; a java command says these itself",
            })
    void shouldRefuseKeysOfWorkersOnAPlainCommand(String line, String expected) {
        assertEquals("shop.yaml:" + expected.strip(), shop.error(Workshop.commandWith(line)));
    }

    /** Whole manifests, with `;` for a line break, and one of their errors. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "daemons: {it: {}} | 1:11: daemons.it: neither `main` nor `command`, expected one of them; `main` names a class against the worker module, `command` any program",
                "daemons: {it: } | 1:14: daemons.it: no value, expected a mapping with `main` or `command`",
                "daemons: {} | 1:10: daemons: no daemon, expected at least one",
                "daemons: [a] | 1:10: daemons: a list, expected a mapping of names to daemons; write `NAME: …`, not `- …`",
                "deamons: {} | 1:1: deamons: unknown key, expected a key of a manifest; did you mean `daemons`?",
                "services: {} | 1:1: services: unknown key, expected a key of a manifest; did you mean `daemons`?",
                "instance: shop | 1:1: daemons: missing, expected a mapping of names to daemons",
                "instance: My Shop;daemons: {it: {command: [sleep, 1]}} | 1:11: instance: `My Shop`, expected [a-z0-9-]{1,32}; did you mean `my-shop`?",
                "restart: always;daemons: {it: {command: [sleep, 1]}} | 1:1: restart: unknown key, expected a key of a manifest; it belongs below a daemon or below `defaults`",
                "version: 3;daemons: {it: {command: [sleep, 1]}} | 1:1: version: unknown key, expected a key of a manifest; manifests have no version; remove it",
                "isolation: {};daemons: {it: {command: [sleep, 1]}} | 1:12: isolation: no `mode`, expected `mapping`, `user` or `sandbox`",
                "daemons: {My_Web: {command: [sleep, 1]}} | 1:11: daemons.My_Web: `My_Web` cannot name a daemon, expected [a-z0-9-]{1,32}; did you mean `my-web`?",
                "daemons: {root: {command: [sleep, 1]}} | 1:11: daemons.root: `root` is the name of the supervisor itself, expected another name",
                "daemons:;  a: {command: [sleep, 1]};  a: {command: [sleep, 2]} | 3:3: daemons.a: duplicate daemon name, expected it once (the first is at line 2)",
                "daemons:;  a: {command: [sleep, 1]};daemons:;  b: {command: [sleep, 2]} | 3:1: daemons: duplicate key, expected it once (the first is at line 1)",
                "daemons:;  a:;    command: [sleep, 1];    restart: always;    restart: never | 5:5: daemons.a.restart: duplicate key, expected it once (the first is at line 4)",
                "daemons:;  a: {command: [sleep, 1], depends_on: [b]};  b: {command: [sleep, 1], depends_on: [c]};  c: {command: [sleep, 1], depends_on: [a]} | 4:41: daemons.c.depends_on[0]: a cycle: a → b → c → a, expected an order in which daemons can start",
                "daemons:;  a: {command: [sleep, 1], depends_on: {b: {condition: completed}}};  b: {command: [sleep, 1], restart: always} | 2:41: daemons.a.depends_on.b: waits until `b` is completed, which with `restart: always` never happens, expected `restart: on-failure` or `never` there, or another condition",
                "defaults: {main: x};daemons: {it: {command: [sleep, 1]}} | 1:12: defaults.main: `main` in `defaults`, expected it below a daemon",
                "defaults: {restart: no};daemons: {a: {command: [sleep, 1]}, b: {command: [sleep, 1]}} | 1:21: defaults.restart: `no`, expected `on-failure`, `always` or `never`; did you mean `never`?",
                "daemons: {it: {command: [slep, 1]}} | 1:26: daemons.it.command[0]: no program `slep` on PATH (PATH), expected an installed program, or a path to one; did you mean `sleep`?",
                "daemons: {it: {command: [\"sleep 60\"]}} | 1:26: daemons.it.command[0]: no program `sleep 60` on PATH (PATH), expected an installed program, or a path to one; a list holds one word per element; write a text to have /bin/sh split it",
                "daemons: {it: {command: [./gone]}} | 1:26: daemons.it.command[0]: `./gone` does not exist (looked at gone), expected a program",
                "daemons: {it: {command: []}} | 1:25: daemons.it.command: an empty list, expected a list that is executed, such as [nginx, -g, \"daemon off;\"], or a text for /bin/sh -c",
                "daemons: {it: {command: \"\"}} | 1:25: daemons.it.command: an empty text, expected a list that is executed, such as [nginx, -g, \"daemon off;\"], or a text for /bin/sh -c",
                "daemons: {it: {main: com.example.Ingest}} | 1:11: daemons.it: no `classpath`, expected the jars that hold its class, such as [lib/*.jar]",
                "daemons: {it: {main: com.example.Ingest, classpath: lib/shop.jar}} | 1:53: daemons.it.classpath: `lib/shop.jar`, expected a list of jars such as [lib/*.jar]; did you mean `[lib/shop.jar]`?",
                "daemons: {it: {main: com.example.Ingest, classpath: [lib/shp.jar]}} | 1:54: daemons.it.classpath[0]: `lib/shp.jar` does not exist (looked at lib/shp.jar), expected a jar or a directory of classes; did you mean `lib/shop.jar`?",
                "daemons: {it: {main: com.example.Ingest, classpath: [libs/shop.jar]}} | 1:54: daemons.it.classpath[0]: `libs/shop.jar` does not exist (looked at libs/shop.jar), expected a jar or a directory of classes; there is no directory libs",
                "daemons: {it: {main: com.example.Ingest, classpath: [lib/*.zip]}} | 1:54: daemons.it.classpath[0]: `lib/*.zip` matches nothing in FOLDER, expected at least one jar",
                "daemons: {it: {main: com.example.Ingest, classpath: [lib/**/*.jar]}} | 1:54: daemons.it.classpath[0]: `lib/**/*.jar` holds `**`, expected a glob within one directory",
                "daemons: {it: {main: com.example.Ingest, classpath: [\"a.jar:b.jar\"]}} | 1:54: daemons.it.classpath[0]: `a.jar:b.jar` holds a `:`, expected one jar or directory per element",
                "daemons: {it: {main: com.example.Ingets, classpath: [lib/shop.jar]}} | 1:22: daemons.it.main: class `com.example.Ingets` is not on the class path, expected a public class that implements io.coppice.worker.Daemon; did you mean `com.example.Ingest`?",
                "daemons: {it: {main: Ingest, classpath: [lib/shop.jar]}} | 1:22: daemons.it.main: class `Ingest` is not on the class path, expected a public class that implements io.coppice.worker.Daemon; did you mean `com.example.Ingest`?",
                "daemons: {it: {main: com.example.Plain, classpath: [lib/shop.jar]}} | 1:22: daemons.it.main: class `com.example.Plain` does not implement io.coppice.worker.Daemon, expected a class that does; the class path holds `com.example.Ingest`, `com.example.Rates`",
                "daemons: {it: {main: com/example/Ingest.class, classpath: [lib/shop.jar]}} | 1:22: daemons.it.main: `com/example/Ingest.class` is not the name of a class, expected a class name such as com.example.Ingest; did you mean `com.example.Ingest`?",
                "just text | 1:1: `just text`, expected a mapping with at least `daemons:`",
                "? [a] : b;daemons: {it: {command: [sleep, 1]}} | 1:3: a list as a key, expected a word",
            })
    void shouldSayWhatIsWrongWithAManifest(String yaml, String expected) {
        List<String> errors = shop.errors(yaml.replace(";", "\n").strip() + "\n").stream()
                .map(error -> error.replaceAll("on PATH \\(`[^`]*`\\)", "on PATH (PATH)"))
                .toList();
        assertTrue(
                errors.contains("shop.yaml:" + expected.strip().replace("daemon off\n", "daemon off;")),
                () -> String.join("\n", errors));
    }

    @Test
    void shouldExplainAFileThatIsNoManifest() throws IOException {
        assertEquals(
                "gone.yaml: does not exist, expected a manifest; name it with -f FILE",
                single(ManifestReader.read(shop.folder.resolve("gone.yaml"), shop.options())));
        assertEquals(
                "FOLDER: is a directory, expected a manifest",
                single(ManifestReader.read(shop.folder, shop.options())));
        Files.writeString(shop.folder.resolve("coppice.yaml"), "daemons:\n");
        assertEquals(
                "FOLDER: is a directory, expected a manifest; did you mean `coppice.yaml`?",
                single(ManifestReader.read(shop.folder, shop.options())));
        assertEquals("shop.yaml:1:1: the manifest is empty, expected at least `daemons:`", shop.error("# nothing\n"));
        assertEquals(
                "shop.yaml: longer than 1MiB, expected a manifest of at most that",
                shop.error("#".repeat((1 << 20) + 1)));
        byte[] latin1 = "daemons:\n  caf\u00e9: {}\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                "shop.yaml:2:6: the byte 0xe9 is not UTF-8 here, expected text in UTF-8",
                single(shop.read(latin1, "shop.yaml")));
        assertEquals(
                "shop.yaml:2:5: not YAML: the character U+0007, expected printable text; write it as an escape between double quotes",
                shop.error("daemons:\n  a:\u0007 b\n"));
        assertEquals(
                "shop.yaml:3:1: a second document starts here, expected one manifest per file",
                shop.error("daemons: {a: {command: [sleep, 1]}}\n---\ndaemons: {}\n".replace("\n---", "\n\n---")));
    }

    @Test
    void shouldExplainTabsAndUnclosedBrackets() {
        String tab = shop.error("daemons:\n\tit: {}\n");
        assertTrue(tab.startsWith("shop.yaml:2:1: not YAML: ") && tab.endsWith("; indent with spaces, not tabs"), tab);
        String bracket = shop.error("daemons: {a: [b\n");
        assertTrue(bracket.startsWith("shop.yaml:2:1: not YAML: while parsing a flow sequence"), bracket);
    }

    @Test
    void shouldBoundNestingAliasesAndTheirExpansion() {
        String deep = shop.error("daemons: " + "[".repeat(100_000));
        assertTrue(deep.contains("nested deeper than 32 levels"), deep);
        StringBuilder bomb = new StringBuilder("x-a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("x-a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(10)).append("x]\n");
        }
        String laughs = shop.error(bomb.toString());
        assertTrue(laughs.contains("more than 200000 values (aliases counted at each use)"), laughs);
        String itself = shop.error("daemons: &a {b: *a}\n");
        assertTrue(itself.contains("the alias *a names no anchor that is complete before it"), itself);
        String unknown = shop.error("daemons: *nobody\n");
        assertTrue(unknown.contains("*nobody"), unknown);
    }

    @Test
    void shouldExplainABrokenGlobInOneLine() {
        String error = shop.error("daemons: {it: {main: com.example.Ingest, classpath: [\"[lib/*.jar\"]}}\n");
        assertTrue(error.startsWith("shop.yaml:1:54: daemons.it.classpath[0]: `[lib/*.jar` (Missing ']"), error);
        assertTrue(error.endsWith("), expected a glob such as lib/*.jar"), error);
        assertEquals(1, error.lines().count(), error);
    }

    @Test
    void shouldRefuseAFileThatIsNoJar() throws IOException {
        Files.writeString(shop.folder.resolve("lib/broken.jar"), "not a zip");
        String error = shop.error("daemons: {it: {main: com.example.Ingest, classpath: [lib/broken.jar]}}\n");
        assertTrue(
                error.startsWith(
                        "shop.yaml:1:54: daemons.it.classpath[0]: `lib/broken.jar` is neither a directory nor a"
                                + " readable jar ("),
                error);
    }

    @Test
    void shouldTellWhereTheWorkersJarsShouldBe() throws IOException {
        Files.delete(shop.workerLib.resolve("worker.jar"));
        String error = shop.error(Workshop.daemonWith());
        assertEquals("coppice.worker.lib: " + shop.workerLib + " holds no jars, expected those of the worker", error);
        CompileOptions without = new CompileOptions(
                null,
                shop.surroundings(),
                Path.of(System.getProperty("java.home")),
                shop.javaFeature,
                null,
                null,
                List.of());
        Path file = Files.writeString(shop.folder.resolve("shop.yaml"), Workshop.daemonWith());
        assertEquals(
                "coppice.worker.lib: not set, expected the directory of the worker's jars; start through the `coppice`"
                        + " launcher",
                single(ManifestReader.read(file, without)));
        Path commands = Files.writeString(shop.folder.resolve("shop.yaml"), Workshop.commandWith());
        assertInstanceOf(ManifestResult.Compiled.class, ManifestReader.read(commands, without));
    }

    @Test
    void shouldCheckTheInstancesNameWhereverItComesFrom() {
        shop.instance = "Shop!";
        assertEquals(
                "--instance: `Shop!` cannot name an instance, expected [a-z0-9-]{1,32}; did you mean `shop`?",
                shop.error(Workshop.commandWith()));
        shop.instance = null;
        shop.environment.put("COPPICE_INSTANCE", "a/b");
        assertEquals(
                "$COPPICE_INSTANCE: `a/b` cannot name an instance, expected [a-z0-9-]{1,32}; did you mean `a-b`?",
                shop.error(Workshop.commandWith()));
    }

    @Test
    void shouldPreferOptionVariableKeyAndFileNameInThatOrder() {
        byte[] yaml = Workshop.commandWith().getBytes(StandardCharsets.UTF_8);
        byte[] keyed = ("instance: from-key\n" + Workshop.commandWith()).getBytes(StandardCharsets.UTF_8);
        assertEquals("my-shop", compiled(shop.read(yaml, "my-shop.yaml")).plan().instance());
        assertEquals(
                "from-key", compiled(shop.read(keyed, "my-shop.yaml")).plan().instance());
        shop.environment.put("COPPICE_INSTANCE", "from-variable");
        assertEquals(
                "from-variable",
                compiled(shop.read(keyed, "my-shop.yaml")).plan().instance());
        shop.instance = "from-option";
        assertEquals(
                "from-option", compiled(shop.read(keyed, "my-shop.yaml")).plan().instance());
    }

    @Test
    void shouldNormaliseAFileNameWithAWarningOrRefuseIt() {
        byte[] yaml = Workshop.commandWith().getBytes(StandardCharsets.UTF_8);
        ManifestResult.Compiled compiled = compiled(shop.read(yaml, "My_Shop.v2.yaml"));
        assertEquals("my-shop-v2", compiled.plan().instance());
        assertEquals(1, compiled.warnings().size());
        assertTrue(
                compiled.warnings()
                        .get(0)
                        .endsWith(
                                "My_Shop.v2.yaml: instance: warning: missing; `My_Shop.v2` of the file's name becomes `my-shop-v2`"),
                compiled.warnings().get(0));
        assertEquals(
                "___.yaml: instance: missing, and the file's name `___` cannot stand for it, expected a name,"
                        + " [a-z0-9-]{1,32}",
                single(shop.read(yaml, "___.yaml")));
    }

    private static ManifestResult.Compiled compiled(ManifestResult result) {
        return assertInstanceOf(ManifestResult.Compiled.class, result);
    }

    private String single(ManifestResult result) {
        List<String> lines = shop.lines(result);
        assertEquals(1, lines.size(), () -> String.join("\n", lines));
        return lines.get(0);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ManifestErrorsTest.class.getResourceAsStream("/manifest/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
