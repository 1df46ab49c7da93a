package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveReportTest {
    private static List<String> report(Workshop shop, Path temporary, String yaml) {
        Surroundings surroundings =
                Surroundings.ofThisProcess().withEnvironment(Map.of("COPPICE_HOME_DIR", temporary + "/base"));
        return ArchiveReport.of(shop.compiled(yaml).plan(), surroundings).stream()
                .map(line -> line.replace(temporary.toString(), "TMP"))
                .toList();
    }

    @Test
    void shouldTellWhereArchivesAreAndWhoStartsWithout(@TempDir Path temporary) throws IOException {
        Workshop shop = new Workshop(temporary);
        Files.createDirectories(shop.folder.resolve("classes"));
        String keys = "{main: com.example.Ingest, classpath: [lib/shop.jar]";
        List<String> lines = report(
                shop,
                temporary,
                "daemons:\n"
                        + "  web: {command: [sleep, '60']}\n"
                        + "  plain: " + keys + "}\n"
                        + "  off: " + keys + ", jvm: {archive: none}}\n"
                        + "  own: " + keys + ", jvm: {options: ['-XX:SharedArchiveFile=/own.jsa']}}\n"
                        + "  agent: " + keys + ", jvm: {options: ['-javaagent:/agent.jar']}}\n"
                        + "  dir: {main: com.example.Ingest, classpath: [lib/shop.jar, classes]}\n");
        assertEquals(
                List.of(
                        "archives   TMP/base/.archives (COPPICE_HOME_DIR says so); of what daemons load, for faster starts,"
                                + " made in quiet times",
                        "  off starts without: the key `jvm.archive`",
                        "  own starts without: -XX:SharedArchiveFile=/own.jsa already says which archive to use",
                        "  agent starts without: with -javaagent:/agent.jar its classes are not only those of the class path",
                        "  dir starts without: its class path holds the directory TMP/shop/classes, and archives need jars",
                        "  While one is made, up to two more JVMs with that daemon's options run. The memory above does not count them;"
                                + " where it is short, they are the first to go."),
                lines);
    }

    @Test
    void shouldTellWhyThereAreNone(@TempDir Path temporary) throws IOException {
        Workshop shop = new Workshop(temporary);
        Files.createDirectories(temporary.resolve("base"));
        Files.writeString(temporary.resolve("base/.archives"), "in the way");
        assertEquals(
                "  none: TMP/base/.archives is no directory",
                report(shop, temporary, Workshop.daemonWith()).get(1));
        assertEquals(List.of(), report(shop, temporary, Workshop.commandWith()));
    }
}
