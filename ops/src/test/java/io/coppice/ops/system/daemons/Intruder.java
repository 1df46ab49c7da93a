package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tries to do to its peer and its root what no worker should, and prints of each attempt {@code NAME: done} or {@code NAME: refused, WHY}, then
 * {@code over}. Arguments: the segment directory, the instance's directory, the peer's name, and the pids of peer and root in files of that name in
 * a third directory. Nothing that it does, where it is let, ends anybody: it is a control as well. The signal is one that nobody heeds.
 */
public final class Intruder implements Daemon {
    private static final long TOOL_SECONDS = 20;

    private boolean tried;
    private Path segments = Path.of("/");
    private Path instance = Path.of("/");
    private Path told = Path.of("/");
    private String peer = "";

    private interface Attempt {
        void run() throws Exception;
    }

    @Override
    public void start(DaemonContext context) {
        List<String> arguments = context.args();
        segments = Path.of(arguments.get(0));
        instance = Path.of(arguments.get(1));
        peer = arguments.get(2);
        told = Path.of(arguments.get(3));
    }

    @Override
    public Next step() throws IOException {
        if (!tried && Files.exists(told.resolve("root")) && Files.exists(told.resolve("peer"))) {
            tried = true;
            attempts(Files.readString(told.resolve("peer")), Files.readString(told.resolve("root")))
                    .forEach(Intruder::attempt);
            System.out.println("over");
        }
        return Next.after(java.time.Duration.ofMillis(20));
    }

    private Map<String, Attempt> attempts(String peerPid, String rootPid) {
        Path segment = segments.resolve(peer + ".seg");
        Path root = instance.resolve("root.seg");
        Map<String, Attempt> attempts = new LinkedHashMap<>();
        attempts.put("open a peer's segment for writing", () -> open(segment));
        attempts.put("open the root's segment for writing", () -> open(root));
        attempts.put("map a peer's segment writable", () -> {
            try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                file.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
            }
        });
        attempts.put("lengthen a peer's segment", () -> {
            // By nothing: a control must do no harm.
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
                file.setLength(file.length());
            }
        });
        attempts.put("take a peer's owner lock", () -> open(segments.resolve(peer + ".lock")));
        attempts.put("look into a peer's own directory", () -> {
            try (var files = Files.list(segments.resolve(peer + ".own"))) {
                files.count();
            }
        });
        attempts.put(
                "make a file beside the segments",
                () -> Files.delete(Files.createFile(segments.resolve("intruder.tmp"))));
        attempts.put("replace a peer's segment", () -> {
            Path same = segments.resolve(peer + ".seg.intruder");
            Files.createLink(same, segment);
            Files.move(same, segment, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(same);
        });
        attempts.put(
                "set the mode of a peer's segment",
                () -> Files.setPosixFilePermissions(segment, Files.getPosixFilePermissions(segment)));
        attempts.put(
                "set the mode of the root's segment",
                () -> Files.setPosixFilePermissions(root, Files.getPosixFilePermissions(root)));
        attempts.put("read the plan", () -> Files.readAllBytes(instance.resolve("plan")));
        attempts.put("read a peer's log", () -> Files.readAllBytes(instance.resolve("logs/" + peer + ".log")));
        attempts.put("ask the root", () -> {
            try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                socket.connect(UnixDomainSocketAddress.of(instance.resolve("control.sock")));
                socket.write(ByteBuffer.wrap("coppice/1 ping\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            }
        });
        victim("a peer", peerPid, attempts);
        victim("the root", rootPid, attempts);
        return attempts;
    }

    private static void victim(String who, String pid, Map<String, Attempt> attempts) {
        attempts.put("write to the memory of " + who, () -> open(Path.of("/proc/" + pid + "/mem")));
        attempts.put("read the environment of " + who, () -> Files.readAllBytes(Path.of("/proc/" + pid + "/environ")));
        attempts.put("signal " + who, () -> tool("kill", "-URG", pid));
        attempts.put("set limits of " + who, () -> tool("prlimit", "--pid", pid, "--core=0:0"));
        attempts.put("set the priority of " + who, () -> tool("renice", "-n", "0", "-p", pid));
        attempts.put(
                "set the processors of " + who,
                () -> tool("taskset", "-p", "-c", "0-" + (Runtime.getRuntime().availableProcessors() - 1), pid));
    }

    private static void open(Path file) throws IOException {
        FileChannel.open(file, StandardOpenOption.WRITE).close();
    }

    private static void tool(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readNBytes(4096), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(said.strip().lines().findFirst().orElse("failed"));
        }
    }

    private static void attempt(String name, Attempt attempt) {
        try {
            attempt.run();
            System.out.println(name + ": done");
        } catch (Exception e) {
            System.out.println(name + ": refused, " + e);
        }
    }
}
