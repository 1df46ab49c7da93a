package io.coppice.ops.demo.thumbnails;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureMakerTest {
    @TempDir
    Path folder;

    @Test
    void shouldMakePicturesOfEachFormatThatAreAsItSays() throws Exception {
        PictureMaker maker = new PictureMaker(7);
        Set<String> suffixes = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            PictureMaker.Made made = maker.good(folder, i);
            BufferedImage picture = java.util.Objects.requireNonNull(
                    ImageIO.read(folder.resolve(made.name()).toFile()));
            assertEquals(made.width(), picture.getWidth(), made.name());
            assertEquals(made.height(), picture.getHeight(), made.name());
            suffixes.add(made.name().substring(made.name().lastIndexOf('.') + 1));
        }
        assertEquals(Set.of("png", "jpg", "gif", "bmp"), suffixes);
    }

    @Test
    void shouldMakeTheSameFromTheSameSeed() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        PictureMaker one = new PictureMaker(7);
        PictureMaker two = new PictureMaker(7);
        for (BadPicture kind : BadPicture.values()) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve(one.bad(folder, kind))),
                    Files.readAllBytes(other.resolve(two.bad(other, kind))),
                    kind.word());
        }
        PictureMaker.Made made = one.good(folder, 3);
        assertEquals(made, two.good(other, 3));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve(made.name())), Files.readAllBytes(other.resolve(made.name())));
    }

    @Test
    void shouldMakeBombsOfLittlePowder() throws Exception {
        assertDeclares(40_000, folder.resolve(new PictureMaker(7).bad(folder, BadPicture.BOMB)));
        assertDeclares(60_000, folder.resolve(new PictureMaker(7).bad(folder, BadPicture.HUGE)));
    }

    private static void assertDeclares(int edge, Path bomb) throws Exception {
        assertTrue(Files.size(bomb) < 2_000, Files.size(bomb) + " bytes");
        try (var in = ImageIO.createImageInputStream(bomb.toFile())) {
            var reader = ImageIO.getImageReaders(in).next();
            reader.setInput(in);
            assertEquals(edge, reader.getWidth(0));
            assertEquals(edge, reader.getHeight(0));
            reader.dispose();
        }
    }
}
