package io.coppice.ops.demo.thumbnails.job;

import io.coppice.worker.TaskFailedException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** A file that should be a picture. It is decoded as it says it is: what that takes is for the JVM's heap to limit. */
final class Picture {
    private final Path file;

    Picture(Path file) {
        this.file = file;
    }

    /**
     * Decodes it and scales it down.
     *
     * @param edge most pixels of the longer edge; a smaller picture keeps its size
     * @throws TaskFailedException if it is no picture, or a damaged one
     */
    BufferedImage scaledTo(int edge) throws TaskFailedException, IOException {
        if (!Files.exists(file)) {
            throw new TaskFailedException("it is gone", new NoSuchFileException(file.toString()));
        }
        ImageIO.setUseCache(false);
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            if (in == null) {
                throw new IOException("this JDK reads no files");
            }
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new TaskFailedException("no picture: its first bytes are of no format that is known here ("
                        + String.join(", ", new TreeSet<>(List.of(ImageIO.getReaderFileSuffixes()))) + ")");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return scaled(reader.read(0), edge);
            } catch (IOException | RuntimeException e) {
                // Decoders answer damaged pictures by all kinds of exceptions.
                throw new TaskFailedException("a damaged picture: " + firstCause(e), e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static Throwable firstCause(Throwable e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first;
    }

    private static BufferedImage scaled(BufferedImage picture, int edge) {
        double scale = Math.min(1.0, (double) edge / Math.max(picture.getWidth(), picture.getHeight()));
        BufferedImage thumbnail =
                canvas((int) Math.ceil(picture.getWidth() * scale), (int) Math.ceil(picture.getHeight() * scale));
        paint(shrunk(picture, thumbnail.getWidth()), thumbnail);
        return thumbnail;
    }

    /** By halves, so that each of its pixels has a part in the result; not below a width. */
    private static BufferedImage shrunk(BufferedImage picture, int width) {
        BufferedImage smaller = picture;
        while (smaller.getWidth() >= 2 * width && smaller.getHeight() > 1) {
            BufferedImage half = canvas(smaller.getWidth() / 2, smaller.getHeight() / 2);
            paint(smaller, half);
            smaller = half;
        }
        return smaller;
    }

    private static void paint(BufferedImage from, BufferedImage to) {
        Graphics2D graphics = to.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(from, 0, 0, to.getWidth(), to.getHeight(), null);
        } finally {
            graphics.dispose();
        }
    }

    private static BufferedImage canvas(int width, int height) {
        return new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    }
}
