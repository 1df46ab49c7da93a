package io.coppice.ops.system.daemons;

import io.coppice.state.AppendLog;
import io.coppice.state.CapacityExceededException;
import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.Transaction;
import io.coppice.worker.Transactions;
import io.coppice.worker.future.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does what the lines of the file {@code orders} in its directory say, each once, and has a ledger of what became of it: an entry
 * {@code NUMBER OUTCOME} in its state for each outcome that it was told.
 *
 * <pre>
 *  NUMBER submit REST     submits a {@link Risky} with all of the line as input; refused if there is no room
 *  NUMBER room REST       the same when there is room
 *  NUMBER discard         asks to discard that one
 *  NUMBER stand           stands still while there is a file hold.NUMBER, and says so by a file standing.NUMBER
 * </pre>
 *
 * <p>So it does where it is told the outcome of that number.
 */
public final class Submits implements Daemon {
    public static final String LEDGER = "ledger";
    private static final String ORDERS = "orders";
    private static final RecordLayout.Builder BUILDER = RecordLayout.named(ORDERS);
    private static final LongField LINES = BUILDER.int64("lines");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private final Map<String, Future<byte[]>> futures = new HashMap<>();
    private @Nullable DaemonContext context;
    private @Nullable Transactions transactions;
    private @Nullable Record orders;
    private @Nullable AppendLog ledger;

    @Override
    public void start(DaemonContext given) {
        context = given;
        transactions = given.transactions();
        orders = given.state().record(ORDERS, LAYOUT);
        ledger = given.state().appendLog(LEDGER, 512, 128 << 10);
        given.transactions().whenFound(Risky.class, this::take);
    }

    @Override
    public Next step() throws IOException {
        Record done = Objects.requireNonNull(orders);
        List<String> lines = lines();
        if (done.get(LINES) >= lines.size()) {
            return Next.after(Duration.ofMillis(5));
        }
        carryOut(lines.get((int) done.get(LINES)));
        done.add(LINES, 1);
        return Next.AGAIN;
    }

    /** Those that are complete. */
    private static List<String> lines() throws IOException {
        Path file = Path.of("orders");
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private void carryOut(String line) {
        String[] words = line.split(" ", 3);
        Transactions to = Objects.requireNonNull(transactions);
        switch (words[1]) {
            case "submit" -> {
                try {
                    take(to.submit(Risky.class, bytes(line)));
                } catch (CapacityExceededException e) {
                    enter(words[0], "refused: " + e.getMessage());
                }
            }
            case "room" -> take(words[0], to.submitWhenRoom(Risky.class, bytes(line)));
            case "stand" -> standStill(words[0]);
            case "discard" -> Objects.requireNonNull(futures.get(words[0])).discard();
            default -> throw new IllegalArgumentException(line);
        }
    }

    private void take(Transaction<byte[]> transaction) {
        take(text(transaction.input()).split(" ", 2)[0], transaction.future());
    }

    private void take(String number, Future<byte[]> future) {
        futures.put(number, future);
        future.onAny(outcome -> {
            futures.remove(number);
            enter(
                    number,
                    outcome.isReady()
                            ? "ready: " + text(outcome.value())
                            : outcome.isFailed()
                                    ? "failed: " + outcome.failure().getMessage()
                                    : "discarded");
            standStill(number);
        });
    }

    private void enter(String number, String outcome) {
        byte[] entry = bytes(number + " " + outcome);
        Objects.requireNonNull(ledger).append(entry, 0, entry.length);
    }

    private void standStill(String number) {
        Path hold = Path.of("hold." + number);
        try {
            if (Files.exists(hold)) {
                Objects.requireNonNull(context).busy(Duration.ofHours(1));
                Files.writeString(Path.of("standing." + number), "");
            }
            while (Files.exists(hold)) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
