package io.coppice.ops.bench.peers;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;

/** An end of two Aeron IPC streams. The media driver runs in the bench's own process. */
final class AeronEnd implements RingEnd {
    private static final String CHANNEL = "aeron:ipc";
    private static final int FROM_FIRST = 1001;
    private static final int FROM_SECOND = 1002;
    private static final int TERM_BYTES = 16 << 20;
    private static final long WATCHDOG_NS = TimeUnit.SECONDS.toNanos(60);

    private final Aeron aeron;
    private final Subscription subscription;
    private final ExclusivePublication publication;
    private final BufferClaim claim = new BufferClaim();
    private final FragmentHandler fragments;
    private Handler handler = number -> {};

    AeronEnd(Path directory, boolean first) throws InterruptedException {
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driverDirectory(directory)));
        subscription = aeron.addSubscription(CHANNEL, first ? FROM_SECOND : FROM_FIRST);
        publication = aeron.addExclusivePublication(CHANNEL, first ? FROM_FIRST : FROM_SECOND);
        fragments = (buffer, offset, length, header) -> handler.message(buffer.getLong(offset));
        long endNs = System.nanoTime() + WATCHDOG_NS;
        while (!publication.isConnected() || !subscription.isConnected()) {
            if (System.nanoTime() > endNs) {
                aeron.close();
                throw new IllegalStateException("the other end of the Aeron stream did not open");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Starts the driver that both ends need. */
    static Closeable driver(Path directory) {
        MediaDriver driver = MediaDriver.launchEmbedded(new MediaDriver.Context()
                .aeronDirectoryName(driverDirectory(directory))
                .threadingMode(ThreadingMode.SHARED)
                .ipcTermBufferLength(TERM_BYTES)
                .termBufferSparseFile(false)
                .dirDeleteOnShutdown(true));
        return () -> CloseHelper.close(driver);
    }

    private static String driverDirectory(Path directory) {
        return directory.resolve("aeron").toString();
    }

    @Override
    public boolean trySend(byte[] message) {
        if (publication.tryClaim(MESSAGE_BYTES, claim) < 0) {
            return false;
        }
        claim.buffer().putBytes(claim.offset(), message, 0, MESSAGE_BYTES);
        claim.commit();
        return true;
    }

    @Override
    public int poll(Handler receiver, int limit) {
        handler = receiver;
        return subscription.poll(fragments, limit);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        CloseHelper.closeAll(publication, subscription, aeron);
    }
}
