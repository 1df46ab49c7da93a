package io.coppice.ops.demo.thumbnails.job;

import io.coppice.state.AppendLog;
import io.coppice.state.Record;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionFailedException;
import io.coppice.worker.TransactionId;
import io.coppice.worker.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a thumbnail of each picture that comes into a folder: {@code --from FOLDER --to FOLDER [--edge PIXELS]}. A plain daemon, as a
 * user would write it.
 *
 * <p>It opens no picture itself. Each is submitted to a transaction ({@link Thumbnail}), in the same commit in which its name goes
 * into the map of those that are known; what became of it is noted in the commit in which the result is taken. So each is submitted
 * once and noted once, whoever is killed at whatever instruction. A picture is known by its name: another one of the same name is
 * not looked at. What it keeps is in {@link ThumbnailProgress}.
 */
public final class ThumbnailDaemon implements Daemon {
    /** Entries of the folder that one step looks at. */
    private static final int LOOKS_PER_STEP = 256;

    private static final int MOST_PICTURES = 20_000;
    private static final int LONGEST_NAME_BYTES = 255;
    private static final long BYTES_OF_NAMES = MOST_PICTURES * 64L;
    private static final int MOST_PROBLEMS = 1000;
    private static final long BYTES_OF_PROBLEMS = 256 << 10;

    /** The outcome of a transaction ends a pause. */
    private static final Next SOON = Next.after(Duration.ofMillis(250));

    private @Nullable Open open;
    private boolean fullSaid;

    /** What start opened; one field to check instead of many. */
    private record Open(
            PictureFolder from,
            Path to,
            int edge,
            Transactions transactions,
            StringLongMap pictures,
            AppendLog problems,
            Record progress) {}

    @Override
    public void start(DaemonContext context) throws IOException {
        Path from = Path.of(valueOf("--from", context.args(), null)).toAbsolutePath();
        Path to = Path.of(valueOf("--to", context.args(), null)).toAbsolutePath();
        int edge = Integer.parseInt(valueOf("--edge", context.args(), "160"));
        if (edge < 1) {
            throw new IllegalArgumentException("--edge " + edge + ": expected a number of pixels, 1 or more");
        }
        if (!Files.isDirectory(from)) {
            throw new NotDirectoryException(from + ": expected the folder of the pictures");
        }
        Files.createDirectories(to);
        State state = context.state();
        Open opened = new Open(
                new PictureFolder(from),
                to,
                edge,
                context.transactions(),
                state.stringLongMap(ThumbnailProgress.PICTURES, MOST_PICTURES, LONGEST_NAME_BYTES, BYTES_OF_NAMES),
                state.appendLog(ThumbnailProgress.PROBLEMS, MOST_PROBLEMS, BYTES_OF_PROBLEMS),
                state.published(ThumbnailProgress.RECORD, ThumbnailProgress.LAYOUT));
        opened.progress().set(ThumbnailProgress.INCARNATION, context.incarnation());
        open = opened;
        opened.transactions().whenFound(Thumbnail.TYPE, found -> takeUp(opened, found));
    }

    @Override
    public Next step() throws IOException {
        Open o = java.util.Objects.requireNonNull(open, "start() comes first");
        for (int looks = 0; looks < LOOKS_PER_STEP; looks++) {
            if (o.transactions().room() == 0 || isFull(o.pictures())) {
                return SOON;
            }
            Path file = o.from().next();
            if (file == null) {
                return SOON;
            }
            if (isNew(o, file)) {
                submit(o, file);
            }
        }
        return Next.AGAIN;
    }

    private boolean isFull(StringLongMap pictures) {
        boolean full = pictures.size() == pictures.capacity()
                || pictures.freePoolBytes() < StringLongMap.poolBytes(LONGEST_NAME_BYTES);
        if (full && !fullSaid) {
            fullSaid = true;
            System.out.println("no room for more than " + pictures.size()
                    + " pictures: `coppice purge` forgets those that are done");
        }
        return full;
    }

    private static boolean isNew(Open o, Path file) throws IOException {
        try {
            return !o.pictures().contains(String.valueOf(file.getFileName())) && PictureFolder.isSettled(file);
        } catch (NoSuchFileException e) {
            return false; // Gone since it was listed.
        }
    }

    private static void submit(Open o, Path file) {
        ThumbnailOrder order = new ThumbnailOrder(file, o.to(), o.edge());
        o.pictures().put(order.name(), ThumbnailProgress.SUBMITTED);
        follow(o, order, o.transactions().submit(Thumbnail.TYPE, order));
    }

    /** One of a predecessor; or one that had failed, and was retried by command. */
    private static void takeUp(Open o, Transaction<String> found) {
        ThumbnailOrder order = ThumbnailOrder.CODEC.decode(found.input());
        o.progress().add(ThumbnailProgress.FOUND, 1);
        o.pictures().put(order.name(), ThumbnailProgress.SUBMITTED);
        follow(o, order, found);
    }

    private static void follow(Open o, ThumbnailOrder order, Transaction<String> thumbnail) {
        thumbnail
                .future()
                .onReady(file -> {
                    o.pictures().put(order.name(), ThumbnailProgress.DONE);
                    o.progress().add(ThumbnailProgress.RESULTS, 1);
                })
                .onFailed(e -> {
                    o.pictures().put(order.name(), ThumbnailProgress.FAILED);
                    o.progress().add(ThumbnailProgress.FAILURES, 1);
                    note(o.problems(), order.name() + ": " + cause(e));
                    removeTemporary(order, thumbnail.id());
                });
    }

    private static String cause(Exception e) {
        return e instanceof TransactionFailedException failed ? failed.reason() : e.toString();
    }

    /** What is oldest makes room. */
    private static void note(AppendLog problems, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        while (problems.size() == problems.capacityEntries()
                || problems.freeBytes() < AppendLog.entryBytes(bytes.length)) {
            problems.truncateBefore(problems.firstSequence() + 1);
        }
        problems.append(bytes, 0, bytes.length);
        System.out.println(line);
    }

    /** The last attempt may have died between writing and renaming. */
    private static void removeTemporary(ThumbnailOrder order, TransactionId id) {
        try {
            Files.deleteIfExists(Thumbnail.temporary(order.folder(), id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the folder. */
    @Override
    public void stop() throws IOException {
        Open o = open;
        if (o != null) {
            o.from().close();
        }
    }

    private static String valueOf(String option, List<String> args, @Nullable String otherwise) {
        int at = args.indexOf(option);
        if (at >= 0 && at + 1 < args.size()) {
            return args.get(at + 1);
        }
        if (at < 0 && otherwise != null) {
            return otherwise;
        }
        throw new IllegalArgumentException(option + ": missing; expected --from FOLDER --to FOLDER [--edge PIXELS]");
    }
}
