package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: pictures that crash whoever decodes them cost neither the thumbnailer nor another picture anything. */
class ThumbnailsSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldMakeEachThumbnailOnceWhoeverIsKilled() throws Exception {
        Coppice.Result result = coppice.run("demo", "thumbnails", "--pictures", "8", "--kills", "6", "--seed", "7");

        assertEquals(0, result.exitCode(), result.out() + result.err());
        List<String> lines = result.out().lines().toList();
        assertTrue(
                lines.get(lines.size() - 1)
                        .matches("[456] kills, 8 pictures, each with one thumbnail, 7 bad files, each with its cause"),
                result.out());
        assertTells(result, "bomb.png", "out of memory");
        assertTells(result, "fault.faulty", "signal ABRT: SIGSEGV");
        assertTrue(result.out().contains("the root, pid"), result.out());
        List<String> left = coppice.fileNames().stream()
                .filter(name -> !name.equals("root.lock"))
                .toList();
        assertEquals(List.of(), left, "files of the instance");
    }

    /** Of a process that has died while no root lived, nobody knows how. */
    private static void assertTells(Coppice.Result result, String picture, String cause) {
        List<String> causes = List.of(cause, "unknown: it ended while unsupervised");
        assertTrue(
                result.out()
                        .lines()
                        .anyMatch(line ->
                                causes.stream().anyMatch(each -> line.startsWith("  " + picture + ": " + each))),
                result.out());
    }

    @Test
    void shouldSayInOneLineWhyItCannot() throws Exception {
        Coppice.Result early = coppice.run("demo", "--kills", "2", "thumbnails", "--pictures", "0");
        assertEquals(2, early.exitCode());
        assertTrue(early.err().contains("--kills: give it behind `thumbnails`"), early.err());
        Coppice.Result none = coppice.run("demo", "thumbnails", "--pictures", "0");
        assertEquals(2, none.exitCode(), none.err());
        assertEquals("coppice: demo: --pictures: 0 must be 1 to 10000.\n", none.err());
        assertEquals("", none.out(), "nothing was started");
    }

    /** The manifest of the examples, as the README has it run. */
    @Test
    void shouldTakeAFolderOfOnesOwn() throws Exception {
        Path pictures = Files.createDirectory(coppice.directory.resolve("pictures"));
        BufferedImage picture = new BufferedImage(1000, 500, BufferedImage.TYPE_INT_RGB);
        assertTrue(
                ImageIO.write(picture, "jpg", pictures.resolve("a picture.jpg").toFile()));
        Files.writeString(pictures.resolve("notes.txt"), "no picture at all");
        Path launcher = Path.of(Coppice.launcher());
        coppice.manifest(Files.readString(launcher.resolveSibling("ops/examples/thumbnails/coppice.yaml"))
                .replace("../..", launcher.resolveSibling("ops").toString()));
        Coppice.Root root = coppice.startRootIn(List.of("env", "PICTURES=" + pictures));

        Path thumbnail = coppice.directory.resolve("thumbnails/a picture.jpg.png");
        Coppice.await("the thumbnail", () -> Files.exists(thumbnail));
        BufferedImage small = Objects.requireNonNull(ImageIO.read(thumbnail.toFile()));
        assertEquals(160, small.getWidth());
        assertEquals(80, small.getHeight());
        coppice.awaitLog("thumbs", log -> log.contains("notes.txt: ") && log.contains("no picture"));
        assertEquals(1, coppice.daemon("thumbs").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }
}
