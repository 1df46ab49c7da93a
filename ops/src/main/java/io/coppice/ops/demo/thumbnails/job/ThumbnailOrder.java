package io.coppice.ops.demo.thumbnails.job;

import io.coppice.worker.Codec;
import java.nio.file.Path;

/**
 * What a transaction is to do: make a thumbnail of a picture. The same order may be carried out several times.
 *
 * @param picture the file
 * @param folder where the thumbnail goes, under the picture's name and {@code .png}
 * @param edge most pixels of the thumbnail's longer edge, 1 or more
 */
record ThumbnailOrder(Path picture, Path folder, int edge) {
    /** A path may have any character but this one. */
    private static final String SEPARATOR = "\0";

    static final Codec<ThumbnailOrder> CODEC = new Codec<>() {
        @Override
        public byte[] encode(ThumbnailOrder order) {
            return Codec.UTF_8.encode(order.picture + SEPARATOR + order.folder + SEPARATOR + order.edge);
        }

        @Override
        public ThumbnailOrder decode(byte[] bytes) {
            String[] parts = Codec.UTF_8.decode(bytes).split(SEPARATOR, 3);
            if (parts.length != 3) {
                throw new IllegalArgumentException(
                        "an order of " + parts.length + " parts: expected a picture, a folder and a number of pixels");
            }
            return new ThumbnailOrder(Path.of(parts[0]), Path.of(parts[1]), Integer.parseInt(parts[2]));
        }
    };

    /** The picture's name, by which the daemon knows it. */
    String name() {
        return String.valueOf(picture.getFileName());
    }

    /** The finished thumbnail. */
    Path thumbnail() {
        return folder.resolve(name() + ".png");
    }
}
