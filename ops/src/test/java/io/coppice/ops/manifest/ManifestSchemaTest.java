package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema that editors go by says what the reader says. */
class ManifestSchemaTest {
    private static final Path SHIPPED = Path.of("manifest.schema.json");
    private static final String FIRST_LINE = "# yaml-language-server: $schema=";

    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ManifestSchema.text());

    private List<String> faults(String yaml) {
        Problems problems = new Problems("test.yaml");
        YamlNode root = YamlText.parse(yaml, problems);
        assertNotNull(root, () -> String.valueOf(problems.inFileOrder()));
        return schema.validate(json(root), InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    /** As an editor's parser takes it: plain scalars by the core schema. */
    private static String json(YamlNode node) {
        StringBuilder json = new StringBuilder();
        if (node instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries()) {
                json.append(json.isEmpty() ? "" : ",")
                        .append(text(entry.key().text()))
                        .append(':')
                        .append(json(entry.value()));
            }
            return "{" + json + "}";
        } else if (node instanceof YamlNode.Sequence sequence) {
            sequence.elements()
                    .forEach(element -> json.append(json.isEmpty() ? "" : ",").append(json(element)));
            return "[" + json + "]";
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        if (scalar.isNothing()) {
            return "null";
        }
        boolean bare = scalar.plain() && scalar.text().matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?|true|false");
        return bare ? scalar.text() : text(scalar.text());
    }

    private static String text(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    @Test
    void shouldBeTheFileThatIsShipped() throws IOException {
        assertEquals(
                ManifestSchema.text(),
                Files.readString(SHIPPED),
                "the keys have changed: write the schema anew with `./coppice schema >ops/manifest.schema.json`");
    }

    @Test
    void shouldKnowEachKey() {
        for (Setting<?> setting : DaemonKeys.all()) {
            assertNotNull(
                    KeySchemas.line(setting.path()),
                    () -> "no line for `" + setting.path() + "`: add one to LINES of KeySchemas");
            assertNotNull(
                    KeySchemas.shape(setting.path(), setting),
                    () -> "no shape for `" + setting.path()
                            + "`: have its reader say it, or add it to SHAPES of KeySchemas");
        }
    }

    @Test
    void shouldBeNamedByEachExampleWhichItAccepts() throws IOException {
        List<Path> examples;
        try (Stream<Path> files = Files.walk(Path.of("examples"))) {
            examples = files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
        assertFalse(examples.isEmpty());
        for (Path example : examples) {
            String yaml = Files.readString(example);
            String first = yaml.lines().findFirst().orElse("");
            assertTrue(first.startsWith(FIRST_LINE), () -> example + " begins with " + first);
            Path named = example.resolveSibling(first.substring(FIRST_LINE.length()));
            assertTrue(Files.isSameFile(SHIPPED, named), () -> example + " names " + named);
            assertEquals(List.of(), faults(yaml), example.toString());
        }
    }

    @Test
    void shouldAcceptTheManifestsOfTheReadme() throws IOException {
        Matcher blocks = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(Files.readString(Path.of("../README.md")));
        List<String> manifests = new ArrayList<>();
        while (blocks.find()) {
            if (blocks.group(1).contains("daemons:")) {
                manifests.add(blocks.group(1));
            }
        }
        assertFalse(manifests.isEmpty());
        manifests.forEach(yaml -> assertEquals(List.of(), faults(yaml), yaml));
    }

    @Test
    void shouldAcceptEachKindOfValue() {
        String yaml = """
                x-shared: {any: thing}
                instance: shop
                defaults: {backoff: none, poison: none, umask: 077, env_file: a.env, x-note: 1, ulimits: {nofile: 10}}
                daemons:
                  ingest:
                    main: com.example.Ingest
                    classpath: [lib/*.jar]
                    jvm: {heap: "${HEAP:-64MiB}", options: [-Da=1], x-why: because}
                    state: ${SIZE}
                    checkpoints: 2
                    checkpoint_every: 1000 commits
                    poison: {crashes: 3, then: [checkpoint, empty]}
                    restart: always
                    max_restarts: unlimited
                    backoff: {initial: 10ms, factor: 1.5}
                    depends_on: {rates: {condition: ready}}
                    shutdown: {signal: SIGTERM, timeout: 10s}
                    nice: -5
                    ulimits: {nofile: {soft: 1, hard: unlimited}, core: 0, memlock: 64MiB}
                    environment: {PORT: 8080, ON: true, EMPTY: ""}
                  web: {command: [sleep, 60], user: 1000, env_file: [a, b], depends_on: [ingest], log: journal}
                  clock: {command: 'date', working_dir: /}
                """;
        assertEquals(List.of(), faults(yaml));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "instance: shop",
                "daemons: {}",
                "daemons: {it: {}}",
                "daemons: {it: {main: A, command: b}}",
                "daemons: {it: {command: a, restrat: always}}",
                "daemons: {it: {command: a, restart: sometimes}}",
                "daemons: {it: {command: a, state: 1MiB}}",
                "daemons: {it: {main: A, state: 64MB}}",
                "daemons: {it: {main: A, state: 64}}",
                "daemons: {it: {main: A, checkpoints: 17}}",
                "daemons: {it: {main: A, jvm: {haep: 1MiB}}}",
                "daemons: {it: {main: A, heartbeat: 5s}}",
                "daemons: {it: {command: a, nice: 20}}",
                "daemons: {it: {command: a, ulimits: {nofiles: 1}}}",
                "daemons: {it: {command: a, ulimits: {nofile: {soft: 1}}}}",
                "daemons: {it: {command: a, backoff: off}}",
                "daemons: {it: {command: a, shutdown: {signal: STOP}}}",
                "daemons: {it: {command: a, depends_on: {b: ready}}}",
                "daemons: {It_is: {command: a}}",
                "daemons: {root: {command: a}}",
                "defaults: {main: A}\ndaemons: {it: {command: a}}",
                "version: 1\ndaemons: {it: {command: a}}"
            })
    void shouldRefuseWhatTheReaderRefuses(String yaml) {
        assertFalse(faults(yaml).isEmpty(), yaml);
        Problems problems = new Problems("test.yaml");
        YamlNode root = YamlText.parse(yaml, problems);
        if (root == null) {
            fail(yaml);
        }
        new ManifestParser(problems).parse(root);
        assertFalse(problems.isEmpty(), () -> "the reader takes " + yaml);
    }

    /** What the reader finds out only when it has read all keys of a daemon. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "command: a, readiness_probe: {}",
                "command: a, readiness_probe: {period: 1s}",
                "command: a, readiness_probe: {exec: b, tcp: {port: 80}}",
                "command: a, liveness_probe: {http: {port: 80}, exec: b}",
                "command: a, liveness_probe: {log_line: b}",
                "command: a, startup_probe: {http: {path: /health}}",
                "command: a, startup_probe: {tcp: {host: localhost}}",
                "command: a, startup_probe: {tcp: {port: 70000}}",
                "main: com.example.Ingest, classpath: [lib/shop.jar], readiness_probe: {exec: b}",
                "main: com.example.Ingest, classpath: [lib/shop.jar], startup_probe: {exec: b}",
                "main: com.example.Ingest, classpath: [lib/shop.jar], user: nobody"
            })
    void shouldRefuseWhatTheCompilerRefuses(String keys, @TempDir Path temporary) throws IOException {
        String yaml = "daemons: {it: {" + keys + "}}";
        assertFalse(new Workshop(temporary).errors(yaml).isEmpty(), () -> "the reader takes " + yaml);
        assertFalse(faults(yaml).isEmpty(), yaml);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "command: a, readiness_probe: {exec: [sleep, '1'], period: 1s}",
                "command: a, startup_probe: {log_line: up}, liveness_probe: {http: {port: 80, path: /}}",
                "command: a, replicas: 2, readiness_probe: {tcp: {port: $((80 + COPPICE_REPLICA))}}",
                "main: com.example.Ingest, classpath: [lib/shop.jar], liveness_probe: {exec: b, x-why: c}"
            })
    void shouldTakeProbesWithOneCheckEach(String keys, @TempDir Path temporary) throws IOException {
        String yaml = "daemons: {it: {" + keys + "}}";
        assertEquals(List.of(), faults(yaml), yaml);
        new Workshop(temporary).compiled(yaml);
    }
}
