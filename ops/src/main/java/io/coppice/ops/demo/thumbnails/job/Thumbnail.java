package io.coppice.ops.demo.thumbnails.job;

import io.coppice.worker.Codec;
import io.coppice.worker.TaskFailedException;
import io.coppice.worker.TaskType;
import io.coppice.worker.TransactionContext;
import io.coppice.worker.TransactionId;
import io.coppice.worker.TypedTask;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;

/**
 * Makes the thumbnail of one picture, in a JVM of its own: whoever made the picture decides how much memory it takes to decode it, and
 * which defects of a decoder it meets.
 *
 * <p>A file is no part of the state, and so is written at least once: under a temporary name that is this transaction's, and then
 * renamed. So the thumbnail is there as a whole or not at all, and a further attempt changes nothing.
 */
public final class Thumbnail implements TypedTask<ThumbnailOrder, String> {
    static final TaskType<ThumbnailOrder, String> TYPE =
            TaskType.of(Thumbnail.class, ThumbnailOrder.CODEC, Codec.UTF_8);

    @Override
    public TaskType<ThumbnailOrder, String> type() {
        return TYPE;
    }

    /**
     * Does it.
     *
     * @return the thumbnail's path
     * @throws TaskFailedException if the file is no picture
     * @throws IOException if the thumbnail cannot be written
     */
    @Override
    public String perform(TransactionContext context, ThumbnailOrder order) throws TaskFailedException, IOException {
        BufferedImage thumbnail = new Picture(order.picture()).scaledTo(order.edge());
        Path temporary = temporary(order.folder(), context.id());
        if (!ImageIO.write(thumbnail, "png", temporary.toFile())) {
            throw new IOException("this JDK writes no PNG");
        }
        return Files.move(temporary, order.thumbnail(), StandardCopyOption.ATOMIC_MOVE)
                .toString();
    }

    /** Where a transaction writes before it renames. */
    static Path temporary(Path folder, TransactionId id) {
        return folder.resolve("." + id + ".part");
    }
}
