package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes every {@link Attempt}, once itself and once in a transaction, and prints what came of each: {@code WHERE ATTEMPT VICTIM: OUTCOME}; then
 * {@code WHERE over}. Begins with what there is a file for in the directory {@code told}: {@code facts}, {@code transaction}, each {@link Harm}, which a
 * transaction does to its slot's segment, and {@code another}, which is a transaction that does nothing. Arguments: the directory of all instances, and the directory {@code told}.
 */
public final class Intruder implements Daemon {
    private static final String TRANSACTION = "transaction";
    private static final String ANOTHER = "another";

    private @Nullable DaemonContext context;
    private Path home = Path.of("/");
    private Path told = Path.of("/");
    private boolean tried;
    private final Set<String> submitted = new HashSet<>();

    /** The same from the process of a slot. */
    public static final class Task implements io.coppice.worker.Task {
        @Override
        public byte[] run(TransactionContext context, byte[] input) throws Exception {
            String[] words = new String(input, StandardCharsets.UTF_8).split("\n", -1);
            Path home = Path.of(words[0]);
            Path told = Path.of(words[1]);
            if (words[2].equals(ANOTHER)) {
                return (ANOTHER + " is done").getBytes(StandardCharsets.UTF_8);
            }
            if (!words[2].equals(TRANSACTION)) {
                return harm(Harm.valueOf(words[2]), context.name(), told);
            }
            return String.join("\n", attempts(TRANSACTION, Scene.read(home, told)))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Unless it is refused this process does not say anything any more: not its last words, either. */
    private static byte[] harm(Harm harm, String name, Path told) throws Exception {
        try {
            harm.to(Lies.ownSegment(name), Lies.seed(told), () -> {});
        } catch (Libc.RefusedException | IOException e) {
            return (harm + " refused, " + e).getBytes(StandardCharsets.UTF_8);
        }
        Runtime.getRuntime().halt(9);
        return new byte[0];
    }

    @Override
    public void start(DaemonContext given) {
        context = given;
        home = Path.of(given.args().get(0));
        told = Path.of(given.args().get(1));
        given.transactions().whenFound(Task.class, this::take);
    }

    @Override
    public Next step() throws IOException {
        if (!tried && Files.exists(told.resolve("facts"))) {
            tried = true;
            say(attempts("daemon", Scene.read(home, told)));
            System.out.println("daemon over");
        }
        submitWhenTold(TRANSACTION);
        submitWhenTold(ANOTHER);
        for (Harm harm : Harm.values()) {
            submitWhenTold(harm.name());
        }
        return Next.after(Duration.ofMillis(10));
    }

    private void submitWhenTold(String what) {
        if (Files.exists(told.resolve(what)) && submitted.add(what)) {
            submit(what);
        }
    }

    private void submit(String what) {
        byte[] input = String.join("\n", home.toString(), told.toString(), what).getBytes(StandardCharsets.UTF_8);
        take(Objects.requireNonNull(context).transactions().submit(Task.class, input));
    }

    private void take(Transaction<byte[]> transaction) {
        String what = new String(transaction.input(), StandardCharsets.UTF_8).split("\n", -1)[2];
        transaction.future().onAny(outcome -> {
            if (outcome.isReady()) {
                say(new String(outcome.value(), StandardCharsets.UTF_8).lines().toList());
            }
            System.out.println(what + " over"
                    + (outcome.isFailed() ? ": " + outcome.failure().getMessage() : ""));
        });
    }

    private static void say(List<String> lines) {
        lines.forEach(System.out::println);
    }

    private static List<String> attempts(String where, Scene scene) {
        List<String> lines = new ArrayList<>();
        for (Attempt attempt : Attempt.values()) {
            for (Victim victim : attempt.victims()) {
                if (victim.isOfDaemons() || where.equals(TRANSACTION)) {
                    lines.add(where + " " + attempt + " " + victim + ": "
                            + attempt.on(scene, victim).replace('\n', ' '));
                }
            }
        }
        return lines;
    }
}
