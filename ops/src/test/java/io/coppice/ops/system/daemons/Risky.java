package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Task;
import io.coppice.worker.TaskFailedException;
import io.coppice.worker.TransactionContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends in any way. Its input is {@code NUMBER HOW WHAT}, its result where it went on, in which attempt and in which process.
 *
 * <pre>
 *  plain          at once
 *  leaves         starts a process in a session of its own, says its pid by a file left.NUMBER, and is done when there is a
 *                 file gate.NUMBER
 *  gate           says that it has begun, by a file begun.NUMBER, and is done when there is a file gate.NUMBER
 *  patient        the same, but that it does not mind being asked to end
 *  lingers        is done when there is a file go.NUMBER; says so by a file lingering.NUMBER after the commit, and its process stays until
 *                 there is a file gate.NUMBER
 *  spoilt         fails, with a checkpoint at 41, while there is a file spoilt.NUMBER, and says where it went on
 *  once WAY       has a checkpoint at 41, and ends by WAY at 42, which it has not committed; but only in the first attempt
 *  always WAY     the same in each
 * </pre>
 */
public final class Risky implements Task {
    private static final RecordLayout.Builder FIELDS = RecordLayout.named("progress");
    private static final LongField VALUE = FIELDS.int64("value");
    private static final RecordLayout PROGRESS = FIELDS.build();
    private static final long PIECE_BYTES = 8L << 20;

    @Override
    public byte[] run(TransactionContext context, byte[] input) throws Exception {
        String[] words = new String(input, StandardCharsets.UTF_8).split(" ", -1);
        String number = words[0];
        Record progress = context.state().record("progress", PROGRESS);
        long found = progress.get(VALUE);
        String what = words[2];
        switch (what) {
            case "plain" -> {}
            case "leaves" -> {
                // In a session of its own, if it can have one.
                String runs = "echo $$ >left." + number + "; exec sleep 1000";
                new ProcessBuilder("sh", "-c", "(setsid sh -c \"$1\" || exec sh -c \"$1\") &", "sh", runs)
                        .start()
                        .waitFor();
                awaitFile("gate." + number);
            }
            case "spoilt" -> {
                if (Files.exists(Path.of("spoilt." + number))) {
                    progress.set(VALUE, 41);
                    context.checkpoint();
                    throw new IllegalStateException("spoilt from " + found);
                }
            }
            case "lingers" -> {
                awaitFile("go." + number);
                System.setOut(new PrintStream(new Lingering(number), false, StandardCharsets.UTF_8));
            }
            case "gate", "patient" -> {
                progress.set(VALUE, 41);
                context.checkpoint();
                progress.set(VALUE, 42);
                Files.writeString(Path.of("begun." + number), Long.toString(pid()));
                while (!Files.exists(Path.of("gate." + number))) {
                    TimeUnit.MILLISECONDS.sleep(2);
                    if (what.equals("gate") && context.stopRequested()) {
                        Files.writeString(Path.of("asked." + number), "");
                        throw new IllegalStateException("asked to end");
                    }
                }
            }
            case "once", "always" -> {
                if (what.equals("always") || context.attempt() == 1) {
                    progress.set(VALUE, 41);
                    context.checkpoint();
                    progress.set(VALUE, 42);
                    end(words[3]);
                }
            }
            default -> throw new AssertionError(what);
        }
        return ("from " + found + " in attempt " + context.attempt() + " of process " + pid() + " after "
                        + context.previousExit().map(exit -> exit.inWords()).orElse("nothing"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void awaitFile(String file) throws InterruptedException {
        while (!Files.exists(Path.of(file))) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    private static void end(String way) throws Exception {
        switch (way) {
            case "exception" -> throw new IllegalStateException("page 4711 is no page");
            case "hopeless" -> throw new TaskFailedException("this is no image");
            case "exit" -> System.exit(5);
            case "kill" -> signal("KILL");
            case "stop" -> stop();
            case "overflow" -> throw new AssertionError(overflow(1));
            case "memory" -> {
                List<byte[]> all = new ArrayList<>();
                while (all.size() < Integer.MAX_VALUE) {
                    all.add(new byte[1 << 20]);
                }
            }
            case "fault" -> fault();
            case "native" -> takeAll();
            case "deadlock" -> deadlock();
            case "loop" -> loop();
            default -> throw new AssertionError(way);
        }
        new CountDownLatch(1).await(); // Until the signal has come.
    }

    private static void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    private static void loop() {
        long turns = 0;
        while (turns >= 0) {
            turns = (turns + 1) & Long.MAX_VALUE;
        }
    }

    /** Also a name to be seen in a dump of its threads. */
    private static void stop() throws Exception {
        signal("STOP");
        new CountDownLatch(1).await();
    }

    private static int overflow(int depth) {
        return depth == 0 ? 0 : 1 + overflow(depth + 1);
    }

    /** Stores to where nothing is mapped, as a native library would. */
    private static void fault() throws ReflectiveOperationException {
        Object unsafe = unsafe();
        unsafe.getClass().getMethod("putAddress", long.class, long.class).invoke(unsafe, 0L, 0L);
    }

    private static Object unsafe() throws ReflectiveOperationException {
        Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
        field.setAccessible(true);
        return field.get(null);
    }

    /** Takes and fills memory until it is killed, as a native library may; it is nobody who is to be spared. */
    static void takeAll() throws ReflectiveOperationException, IOException {
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), "1000");
        } catch (AccessDeniedException e) {
            // In a sandbox, and so one of the group that its limits are.
            System.out.println("not marked as the first to be killed: " + e.getMessage());
        }
        Object unsafe = unsafe();
        Method allocate = unsafe.getClass().getMethod("allocateMemory", long.class);
        Method fill = unsafe.getClass().getMethod("setMemory", long.class, long.class, byte.class);
        long most = 16L << 30;
        for (long taken = 0; taken < most; taken += PIECE_BYTES) {
            fill.invoke(unsafe, allocate.invoke(unsafe, PIECE_BYTES), PIECE_BYTES, (byte) 1);
        }
        throw new AssertionError("took " + most + " bytes");
    }

    private static void deadlock() throws InterruptedException {
        Object one = new Object();
        Object other = new Object();
        CountDownLatch both = new CountDownLatch(2);
        Thread second = new Thread(() -> lock(other, one, both), "second");
        second.start();
        lock(one, other, both);
    }

    private static void lock(Object first, Object then, CountDownLatch both) {
        synchronized (first) {
            both.countDown();
            try {
                both.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            synchronized (then) {
                throw new AssertionError("no deadlock");
            }
        }
    }

    /** The last thing that a transaction's process does is to flush its output. */
    private static final class Lingering extends OutputStream {
        private final String number;

        Lingering(String number) {
            this.number = number;
        }

        @Override
        public void write(int b) {}

        @Override
        public void flush() throws IOException {
            Files.writeString(Path.of("lingering." + number), "");
            try {
                awaitFile("gate." + number);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
