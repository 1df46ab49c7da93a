package io.coppice.ops.demo.thumbnails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the demo does not say that all is well where it is not. */
class ThumbnailsCheckTest {
    @TempDir
    Path thumbnails;

    private final PictureMaker.Made made = new PictureMaker.Made("a.jpg", 1000, 500);
    private ThumbnailsCheck check;

    @BeforeEach
    void expectOne() {
        SampleFolder samples = new SampleFolder(thumbnails, List.of(made), Map.of("bomb.png", BadPicture.BOMB));
        check = new ThumbnailsCheck(samples, thumbnails);
    }

    private void thumbnail(String name, int width, int height) throws IOException {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        assertTrue(ImageIO.write(picture, "png", thumbnails.resolve(name).toFile()));
    }

    @Test
    void shouldNotNameAReportThatGoesWithTheInstance() {
        assertEquals(
                "fault.faulty: signal ABRT: SIGSEGV (0xb) in V",
                ThumbnailsRun.withoutReport(
                        "fault.faulty: signal ABRT: SIGSEGV (0xb) in V (thumbs@transactions.own/hs_err_13906.log)"));
        assertEquals("bomb.png: (exit code 3)", ThumbnailsRun.withoutReport("bomb.png: (exit code 3)"));
    }

    @Test
    void shouldFindNothingWhereAllIsWell() throws Exception {
        thumbnail("a.jpg.png", 160, 80);
        check.compareFiles();
        check.compareIncarnations(3, 5, 2);
        assertEquals(List.of(), check.findings());
    }

    @Test
    void shouldFindWhatIsMissingAndWhatIsTooMuch() throws Exception {
        thumbnail("bomb.png.png", 160, 80);
        Files.createFile(thumbnails.resolve(".1-7.part"));
        check.compareFiles();
        check.compareIncarnations(3, 6, 2);
        assertEquals(
                List.of(
                        "thumbnails that are missing: a.jpg.png",
                        "files that are no thumbnails of good pictures: .1-7.part, bomb.png.png",
                        "3 incarnations of the daemon after the first, and not 2"),
                check.findings());
    }

    @Test
    void shouldFindAThumbnailThatIsNoneOrAnotherPictures() throws Exception {
        thumbnail("a.jpg.png", 80, 160);
        check.compareFiles();
        Files.writeString(thumbnails.resolve("a.jpg.png"), "half a thumb");
        check.compareFiles();
        assertEquals(
                List.of(
                        "a.jpg: its thumbnail is of another shape, 80 × 160 for 1000 × 500",
                        "a.jpg: its thumbnail is no picture"),
                check.findings());
    }
}
