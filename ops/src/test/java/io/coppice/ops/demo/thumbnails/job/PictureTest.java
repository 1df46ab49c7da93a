package io.coppice.ops.demo.thumbnails.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.worker.TaskFailedException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTest {
    @TempDir
    Path folder;

    private Path halfAndHalf(int width, int height) throws IOException {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.RED);
        graphics.fillRect(0, 0, width / 2, height);
        graphics.setColor(Color.BLUE);
        graphics.fillRect(width / 2, 0, width - width / 2, height);
        graphics.dispose();
        Path file = folder.resolve(width + "x" + height + ".png");
        assertTrue(ImageIO.write(picture, "png", file.toFile()));
        return file;
    }

    @Test
    void shouldScaleTheWholePictureDown() throws Exception {
        BufferedImage wide = new Picture(halfAndHalf(1000, 500)).scaledTo(100);
        assertEquals(100, wide.getWidth());
        assertEquals(50, wide.getHeight());
        assertEquals(Color.RED.getRGB(), wide.getRGB(5, 45));
        assertEquals(Color.BLUE.getRGB(), wide.getRGB(95, 5));

        BufferedImage high = new Picture(halfAndHalf(2, 3000)).scaledTo(100);
        assertEquals(1, high.getWidth());
        assertEquals(100, high.getHeight());
    }

    @Test
    void shouldKeepASmallPictureAsItIs() throws Exception {
        BufferedImage small = new Picture(halfAndHalf(40, 30)).scaledTo(100);
        assertEquals(40, small.getWidth());
        assertEquals(30, small.getHeight());
        assertEquals(Color.RED.getRGB(), small.getRGB(0, 0));
        assertEquals(Color.BLUE.getRGB(), small.getRGB(39, 29));
    }

    @Test
    void shouldSayThatItIsNoneAndNotTryAgain() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no picture at all");
        assertTrue(reason(text).startsWith("no picture"), reason(text));
        assertTrue(reason(Files.createFile(folder.resolve("empty"))).startsWith("no picture"));
        assertEquals("it is gone", reason(folder.resolve("gone")));

        byte[] png = Files.readAllBytes(halfAndHalf(1000, 500));
        Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(png, png.length / 2));
        assertTrue(reason(cut).startsWith("a damaged picture: "), reason(cut));
    }

    private static String reason(Path file) {
        return String.valueOf(assertThrows(TaskFailedException.class, () -> new Picture(file).scaledTo(100))
                .getMessage());
    }
}
