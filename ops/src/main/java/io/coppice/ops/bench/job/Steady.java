package io.coppice.ops.bench.job;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a daemon at work does most, as often as it is told, and how long it took by its own clock: commits of one word; and system calls
 * that name a file, which are what a kernel looks at more closely in a sandbox. Its one argument: the file of orders, {@code NUMBER TIMES}, which is
 * replaced as a whole and whose number grows.
 */
public final class Steady implements Daemon {
    /** Name of the record in its state. */
    public static final String RECORD = "orders";

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("orders");

    /** Number of the last order that was carried out. */
    public static final LongField DONE = BUILDER.int64("done");

    /** Of all commits of that, in nanoseconds. */
    public static final LongField COMMITS_NS = BUILDER.int64("commits-ns");

    /** Of all openings of that, in nanoseconds. */
    public static final LongField FILES_NS = BUILDER.int64("files-ns");

    private static final LongField WORD = BUILDER.int64("word");

    public static final RecordLayout LAYOUT = BUILDER.build();

    private static final Next LATER = Next.after(Duration.ofMillis(10));

    @SuppressWarnings("NullAway.Init") // start() comes before any step.
    private DaemonContext context;

    @SuppressWarnings("NullAway.Init")
    private Record record;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Override
    public void start(DaemonContext given) {
        context = given;
        record = given.state().record(RECORD, LAYOUT);
        file = Path.of(given.args().get(0));
    }

    @Override
    public Next step() throws IOException {
        if (Files.exists(file)) {
            String[] words = Files.readString(file).strip().split(" ", -1);
            long number = Long.parseLong(words[0]);
            if (number > record.get(DONE)) {
                int times = Integer.parseInt(words[1]);
                record.set(COMMITS_NS, commits(times));
                record.set(FILES_NS, files(times));
                record.set(DONE, number);
            }
        }
        return LATER;
    }

    private long commits(int times) {
        long beganNs = System.nanoTime();
        for (int i = 0; i < times; i++) {
            record.add(WORD, 1);
            context.commit();
        }
        return System.nanoTime() - beganNs;
    }

    private long files(int times) throws IOException {
        long beganNs = System.nanoTime();
        for (int i = 0; i < times; i++) {
            Files.newInputStream(file).close();
        }
        return System.nanoTime() - beganNs;
    }
}
