package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.demo.thumbnails.faulty.FaultyReaderSpi;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/** Makes real pictures, in the formats that every JDK writes, and files that are none. The same seed makes the same files. */
final class PictureMaker {
    /** Squared, more than the 2<sup>31</sup> pixels at which javax.imageio ends. */
    private static final int HUGE_EDGE = 60_000;

    /** Squared, and with a byte for a pixel, 1.5 GiB. */
    private static final int BOMB_EDGE = 40_000;

    private static final List<String> FORMATS = List.of("png", "jpg", "gif", "bmp");
    private static final int SHORTEST_EDGE = 300;
    private static final int LONGEST_EDGE = 1200;
    private static final int SHAPES = 40;

    private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int BITS = 8;
    private static final int SHADES_OF_GREY = 0;

    private final Random random;

    PictureMaker(long seed) {
        this.random = new Random(seed);
    }

    /**
     * A picture that is one.
     *
     * @param name of its file
     * @param width in pixels
     * @param height in pixels
     */
    record Made(String name, int width, int height) {}

    /** Makes a good one; of each format in turn. */
    Made good(Path folder, int number) throws IOException {
        String format = FORMATS.get(number % FORMATS.size());
        BufferedImage picture = paint(edge(), edge());
        String name = String.format(Locale.ROOT, "picture-%03d.%s", number, format);
        Files.write(folder.resolve(name), encoded(picture, format));
        return new Made(name, picture.getWidth(), picture.getHeight());
    }

    /** Makes one that is none. @return its name */
    String bad(Path folder, BadPicture kind) throws IOException {
        String name = kind.word() + "." + kind.suffix();
        Files.write(folder.resolve(name), content(kind));
        return name;
    }

    private byte[] content(BadPicture kind) throws IOException {
        return switch (kind) {
            case EMPTY -> new byte[0];
            case GARBAGE -> {
                byte[] garbage = new byte[10_000];
                random.nextBytes(garbage);
                yield garbage;
            }
            case CUT -> {
                byte[] whole = encoded(paint(edge(), edge()), "png");
                yield Arrays.copyOf(whole, whole.length / 2);
            }
            case SPOILT -> {
                byte[] good = encoded(paint(edge(), edge()), "png");
                Arrays.fill(good, good.length / 2, good.length, (byte) 0);
                yield good;
            }
            case HUGE -> bomb(HUGE_EDGE);
            case BOMB -> bomb(BOMB_EDGE);
            case FAULT -> FaultyReaderSpi.file();
        };
    }

    private int edge() {
        return SHORTEST_EDGE + random.nextInt(LONGEST_EDGE - SHORTEST_EDGE);
    }

    private BufferedImage paint(int width, int height) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setPaint(new GradientPaint(0, 0, color(), width, height, color()));
            graphics.fillRect(0, 0, width, height);
            for (int i = 0; i < SHAPES; i++) {
                graphics.setColor(color());
                graphics.fillOval(random.nextInt(width), random.nextInt(height), edge() / 4, edge() / 4);
            }
        } finally {
            graphics.dispose();
        }
        return picture;
    }

    private Color color() {
        return new Color(random.nextInt(1 << 24));
    }

    private static byte[] encoded(BufferedImage picture, String format) throws IOException {
        ImageIO.setUseCache(false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(picture, format, bytes)) {
            throw new IOException("this JDK writes no " + format);
        }
        return bytes.toByteArray();
    }

    /** PNG (Portable Network Graphics Specification, second edition): a signature, and chunks of length, type, data and CRC. */
    private static byte[] bomb(int edge) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream png = new DataOutputStream(file);
        png.writeLong(PNG_SIGNATURE);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(edge);
        fields.writeInt(edge);
        fields.write(new byte[] {BITS, SHADES_OF_GREY, 0, 0, 0});
        chunk(png, "IHDR", header.toByteArray());
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(rows, new Deflater(Deflater.BEST_COMPRESSION))) {
            deflated.write(new byte[1 << 20]);
        }
        chunk(png, "IDAT", rows.toByteArray());
        chunk(png, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(DataOutputStream png, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        png.writeInt(data.length);
        png.write(name);
        png.write(data);
        png.writeInt((int) crc.getValue());
    }
}
