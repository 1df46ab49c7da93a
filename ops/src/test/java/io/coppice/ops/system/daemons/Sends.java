package io.coppice.ops.system.daemons;

import io.coppice.state.Channel;
import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sends numbered messages to {@link Counts} until the file that its argument names is there. */
public final class Sends implements Daemon {
    public static final String RECORD = "sends";
    private static final RecordLayout.Builder BUILDER = RecordLayout.named(RECORD);
    public static final LongField SENT = BUILDER.int64("sent");

    /** Steps in which the channel was full. */
    public static final LongField REFUSED = BUILDER.int64("refused");

    public static final RecordLayout LAYOUT = BUILDER.build();

    /** Of a message: header and the number. */
    public static final int TAKEN_BYTES = 16;

    public static final int CHANNEL_BYTES = 8 << 10;
    static final String CHANNEL = "numbers";
    private static final int MESSAGES_PER_STEP = 20;
    private static final Next SOON = Next.after(Duration.ofMillis(1));

    private final ByteBuffer message = ByteBuffer.allocate(Long.BYTES);
    private Path enough = Path.of("");
    private @Nullable Record record;
    private @Nullable Channel channel;

    @Override
    public void start(DaemonContext context) {
        enough = Path.of(context.args().get(0));
        record = context.state().record(RECORD, LAYOUT);
        channel = context.state().channel(CHANNEL, CHANNEL_BYTES, "counts");
    }

    @Override
    public Next step() {
        Record mine = Objects.requireNonNull(record);
        Channel to = Objects.requireNonNull(channel);
        for (int i = 0; i < MESSAGES_PER_STEP && !Files.exists(enough); i++) {
            message.putLong(0, mine.get(SENT) + 1);
            if (!to.tryOffer(message.array())) {
                mine.add(REFUSED, 1);
                break;
            }
            mine.add(SENT, 1);
        }
        return SOON;
    }
}
