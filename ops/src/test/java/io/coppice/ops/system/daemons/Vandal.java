package io.coppice.ops.system.daemons;

import io.coppice.state.Record;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Does to what is its own the worst that it can, once there is a file by its name in the directory {@code told}, and says what came of it. Arguments: its way,
 * the instance's directory, the directory {@code told}. Ways: those of {@link Harm} in small letters, {@code fills}, {@code breeds}.
 */
public final class Vandal implements Daemon {
    private static final int MANY = 300;

    private String name = "";
    private String way = "";
    private Path instance = Path.of("/");
    private Path told = Path.of("/");
    private boolean first;
    private boolean heard = true;
    private @Nullable Record ticks;

    @Override
    public void start(DaemonContext context) {
        name = context.name();
        way = context.args().get(0);
        instance = Path.of(context.args().get(1));
        told = Path.of(context.args().get(2));
        first = context.incarnation() == 1;
        ticks = context.state().published("ticks", Ticker.LAYOUT);
    }

    @Override
    public Next step() throws Exception {
        if (first && Files.exists(told.resolve(name))) {
            first = false;
            System.out.println(name + " begins");
            try {
                work();
                System.out.println(name + ": done");
            } catch (Libc.RefusedException | IOException e) {
                System.out.println(name + ": refused, " + e);
            }
        }
        Record record = Objects.requireNonNull(ticks);
        record.add(Ticker.FIRST, 1);
        record.add(Ticker.SECOND, 1);
        return Next.after(Duration.ofMillis(5));
    }

    private void work() throws Exception {
        switch (way) {
            case "breeds" -> breed();
            case "fills" -> fill(instance.resolve(name + ".own"));
            default -> {
                try (FileChannel hints = FileChannel.open(Path.of("/proc/self/fd/3"), StandardOpenOption.WRITE)) {
                    Harm.valueOf(way.toUpperCase(Locale.ROOT))
                            .to(Lies.ownSegment(name), Lies.seed(told) + name.hashCode(), () -> ring(hints));
                }
            }
        }
    }

    /** Until nobody listens any more. */
    private void ring(FileChannel hints) {
        try {
            if (heard) {
                hints.write(ByteBuffer.allocate(1));
            }
        } catch (IOException e) {
            System.out.println(name + " is not heard any more: " + e);
            heard = false;
        }
    }

    private static void breed() throws IOException {
        for (int i = 0; i < MANY; i++) {
            new ProcessBuilder("sleep", "1000").start();
        }
    }

    /** Until nothing more fits, in many files and in one. */
    private static void fill(Path directory) throws IOException {
        byte[] piece = new byte[64 << 10];
        for (int i = 0; i < 1000; i++) {
            Files.createFile(directory.resolve("empty" + i));
        }
        try (FileChannel file =
                FileChannel.open(directory.resolve("full"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (true) {
                file.write(ByteBuffer.wrap(piece));
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }
}
