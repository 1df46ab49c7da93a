package io.coppice.supervisor.os;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What ordinary programs do: threads with priorities, garbage, files, mappings, sockets, processes. Argument: a directory of its own. */
final class OrdinaryProbe {
    private static final int MEGABYTE = 1 << 20;

    private OrdinaryProbe() {}

    public static void main(String[] arguments) throws Exception {
        Path own = Path.of(arguments[0]);
        threads();
        garbage();
        files(own);
        sockets(own);
        process();
        System.out.println("all done");
    }

    private static void threads() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Thread thread = new Thread(OrdinaryProbe::work);
            thread.setPriority(Thread.MIN_PRIORITY + i % Thread.MAX_PRIORITY);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void work() {
        double sum = 0;
        for (int i = 1; i < 200_000; i++) {
            sum += Math.sqrt(i);
        }
        expect(sum > 0, "arithmetic");
    }

    private static void garbage() {
        for (int i = 0; i < 300; i++) {
            expect(new byte[MEGABYTE].length == MEGABYTE, "memory");
        }
        System.gc();
    }

    private static void files(Path own) throws IOException {
        Path directory = Files.createTempDirectory(own, "ordinary");
        Path file = Files.createTempFile(directory, "a", ".txt");
        Files.writeString(file, "text");
        Files.writeString(file, "shorter", StandardOpenOption.TRUNCATE_EXISTING);
        Files.copy(file, directory.resolve("copy"));
        Files.move(file, directory.resolve("copy"), StandardCopyOption.ATOMIC_MOVE);
        Files.createDirectories(directory.resolve("x/y"));
        Files.move(directory.resolve("copy"), directory.resolve("x/y/moved"));
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("x"));
        try (RandomAccessFile random =
                        new RandomAccessFile(directory.resolve("x/y/moved").toFile(), "rw");
                FileChannel channel = random.getChannel()) {
            random.setLength(MEGABYTE);
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, MEGABYTE);
            mapped.putLong(0, 42);
            mapped.force();
            expect(channel.tryLock() != null, "lock");
            random.setLength(1); // nothing looks at the mapping any more
        }
        Files.delete(directory.resolve("x/y/moved"));
    }

    private static void sockets(Path own) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(1);
            expect(accepted.getInputStream().read() == 1, "TCP");
        }
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(own.resolve("socket"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            server.bind(address);
            try (SocketChannel client = SocketChannel.open(address);
                    SocketChannel accepted = server.accept()) {
                accepted.configureBlocking(false);
                accepted.register(selector, java.nio.channels.SelectionKey.OP_READ);
                client.write(ByteBuffer.wrap(new byte[1]));
                expect(selector.select() == 1, "selector");
            }
        }
        Files.delete(address.getPath());
    }

    private static void process() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", "echo hello | cat").start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        expect(process.waitFor() == 0 && said.equals("hello\n"), "process");
        Process sleeping = new ProcessBuilder("sleep", "1000").start();
        sleeping.destroyForcibly().waitFor();
        expect(ProcessHandle.current().info().command().isPresent(), "its own /proc");
    }

    private static void expect(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what + " does not work");
        }
    }
}
