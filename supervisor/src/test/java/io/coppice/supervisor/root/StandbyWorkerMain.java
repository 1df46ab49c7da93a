package io.coppice.supervisor.root;

import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.SegmentFile;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A worker as the root sees one: it speaks the protocol of the pipes, takes its segment, and beats. It writes down each line that let
 * one of its processes go.
 */
final class StandbyWorkerMain {
    private StandbyWorkerMain() {}

    /** @param args the segment's file, the daemon's name, the file for the lines */
    public static void main(String[] args) throws Exception {
        FileInputStream hold = new FileInputStream(FileDescriptor.in);
        FileOutputStream hints = new FileOutputStream("/proc/self/fd/3");
        String line = line(hold);
        if (line.equals("standby")) {
            // Without a writer there would be an end of file.
            FileChannel ownEnd =
                    FileChannel.open(Path.of("/proc/self/fd/0"), StandardOpenOption.READ, StandardOpenOption.WRITE);
            hint(hints);
            line = line(hold);
            ownEnd.close();
        }
        hold.close(); // The pipe is gone, /dev/null in its place.
        long pid = ProcessHandle.current().pid();
        Files.writeString(
                Path.of(args[2]), pid + " " + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Path segment = Path.of(args[0]);
        OwnedSegment owned = SegmentFile.openOwned(
                segment,
                segment.resolveSibling(args[1] + ".lock"),
                pid,
                Long.parseLong(line.split(" ")[1]),
                "test",
                args[1]);
        owned.recover();
        owned.phase(Phase.READY);
        hint(hints);
        while (true) {
            owned.heartbeat().beat();
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** A root that comes after the one that made the pipe does not listen to it: it finds out by itself. */
    private static void hint(OutputStream hints) {
        try {
            hints.write('p');
        } catch (IOException e) {
            System.out.println("nobody is there to be told: " + e.getMessage());
        }
    }

    /** Ends the process where the other end is closed, as workers do. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                Runtime.getRuntime().halt(125);
            }
            line.append((char) next);
        }
        return line.toString();
    }

    /**
     * The daemon {@code worker} of an instance {@code test}.
     *
     * @param base the directory of the instance's
     */
    static ChildPlan plan(Path base, int standbys) {
        Path segment = base.resolve("test").resolve("worker.seg");
        return ChildPlans.daemon("worker")
                .argv(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx16m",
                        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                        "-Dbackground.releaser=false",
                        "-Dsystem.properties=/dev/null",
                        "-cp",
                        ClassPath.ofJars(),
                        StandbyWorkerMain.class.getName(),
                        segment.toString(),
                        "worker",
                        log(base).toString()))
                .workingDirectory(base.toString())
                .log(LogTarget.FILE)
                .stateBytes(64 << 10)
                .heartbeatTimeoutMs(30_000)
                .restart(RestartPolicy.ALWAYS)
                .standbys(standbys)
                .shutdown(Shutdown.bySignal("KILL", 0))
                .launch(7)
                .plan();
    }

    static Path log(Path base) {
        return base.resolve("lines");
    }

    /** What it has written down, line by line. */
    static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    }
}
