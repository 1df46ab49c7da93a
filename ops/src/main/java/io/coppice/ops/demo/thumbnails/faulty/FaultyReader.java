package io.coppice.ops.demo.thumbnails.faulty;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads memory at an address that the file names. Nothing is mapped there: the kernel sends SIGSEGV, and the JVM is gone. */
final class FaultyReader extends ImageReader {
    private static final int HEADER_LENGTH = 8;
    private static final int EDGE = 256;

    FaultyReader(ImageReaderSpi origin) {
        super(origin);
    }

    @Override
    public int getNumImages(boolean allowSearch) {
        return 1;
    }

    @Override
    public int getWidth(int imageIndex) {
        return EDGE;
    }

    @Override
    public int getHeight(int imageIndex) {
        return EDGE;
    }

    @Override
    public Iterator<ImageTypeSpecifier> getImageTypes(int imageIndex) {
        return List.of(ImageTypeSpecifier.createFromBufferedImageType(BufferedImage.TYPE_INT_RGB))
                .iterator();
    }

    @Override
    public @Nullable IIOMetadata getStreamMetadata() {
        return null;
    }

    @Override
    public @Nullable IIOMetadata getImageMetadata(int imageIndex) {
        return null;
    }

    @Override
    public BufferedImage read(int imageIndex, @Nullable ImageReadParam param) throws IOException {
        ImageInputStream in = (ImageInputStream) getInput();
        in.seek(HEADER_LENGTH);
        long pixels = in.readLong();
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            Object unsafe = field.get(null);
            unsafe.getClass().getMethod("getLong", long.class).invoke(unsafe, pixels);
        } catch (ReflectiveOperationException e) {
            throw new IOException("this JDK reads no memory at an address", e);
        }
        return new BufferedImage(EDGE, EDGE, BufferedImage.TYPE_INT_RGB);
    }
}
