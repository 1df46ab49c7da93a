package io.coppice.ops.demo.thumbnails.faulty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/** Tells javax.imageio of a format whose decoder, like one in native code, believes an address that is in the file. */
public final class FaultyReaderSpi extends ImageReaderSpi {
    private static final byte[] MAGIC = "FAULTY01".getBytes(StandardCharsets.US_ASCII);

    /** Made by javax.imageio. */
    public FaultyReaderSpi() {
        super(
                "Coppice",
                "1",
                new String[] {"faulty"},
                new String[] {"faulty"},
                new String[] {"image/x-faulty"},
                FaultyReader.class.getName(),
                new Class<?>[] {ImageInputStream.class},
                null,
                false,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                null,
                null);
    }

    /** A whole file of this format. */
    public static byte[] file() {
        return Arrays.copyOf(MAGIC, MAGIC.length + Long.BYTES); // The address is 0.
    }

    @Override
    public boolean canDecodeInput(Object source) throws IOException {
        if (!(source instanceof ImageInputStream in)) {
            return false;
        }
        byte[] found = new byte[MAGIC.length];
        in.mark();
        int length = in.read(found);
        in.reset();
        return length == MAGIC.length && Arrays.equals(found, MAGIC);
    }

    @Override
    public ImageReader createReaderInstance(Object extension) {
        return new FaultyReader(this);
    }

    @Override
    public String getDescription(Locale locale) {
        return "a format whose decoder faults";
    }
}
