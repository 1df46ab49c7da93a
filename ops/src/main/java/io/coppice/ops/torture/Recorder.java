package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Report;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what daemons acknowledge, outside of every process that is killed. A thread for each connection; a daemon's new
 * process is heard only when all that the one before it has sent is taken down.
 */
final class Recorder implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Map<String, Ledger> ledgers;
    private final Findings findings;
    private final Map<String, Thread> listeners = new HashMap<>();
    private volatile @Nullable String broken;

    private Recorder(ServerSocketChannel server, Map<String, Ledger> ledgers, Findings findings) {
        this.server = server;
        this.ledgers = Map.copyOf(ledgers);
        this.findings = findings;
    }

    /** @param ledgers by the writers' names */
    static Recorder listen(Path socket, Map<String, Ledger> ledgers, Findings findings) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Recorder recorder = new Recorder(server, ledgers, findings);
        recorder.thread(recorder::accept, "accept").start();
        return recorder;
    }

    /** Why it cannot record any more, null if it can. Any thread. */
    @Nullable
    String broken() {
        return broken;
    }

    /** Waits until all that daemons which are dead have sent is taken down. */
    void drain() throws InterruptedException {
        Map<String, Thread> all;
        synchronized (listeners) {
            all = Map.copyOf(listeners);
        }
        for (Thread listener : all.values()) {
            listener.join();
        }
    }

    private Thread thread(Runnable body, String name) {
        Thread thread = new Thread(body, "coppice-torture-" + name);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                thread(() -> listen(connection), "listen").start();
            }
        } catch (ClosedChannelException e) {
            return;
        } catch (IOException e) {
            broken = "the recorder cannot accept: " + e;
        }
    }

    private void listen(SocketChannel connection) {
        try (connection;
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(Channels.newInputStream(connection)))) {
            Report first = Report.read(in);
            succeed(first.daemon());
            take(first, first.daemon());
            while (true) {
                take(Report.read(in), first.daemon());
            }
        } catch (EOFException e) {
            return; // Killed, perhaps in the middle of a report; that one does not count.
        } catch (IOException | InterruptedException e) {
            broken = "the recorder cannot read: " + e;
        }
    }

    /** Waits until the predecessor, which is dead, is heard to its end. */
    private void succeed(String daemon) throws InterruptedException {
        Thread before;
        synchronized (listeners) {
            before = listeners.put(daemon, Thread.currentThread());
        }
        if (before != null) {
            before.join();
        }
    }

    private void take(Report report, String from) {
        Ledger ledger = ledgers.get(report.daemon());
        switch (report.kind()) {
            case RESUMED -> {
                if (ledger != null) {
                    ledger.resumed(report.incarnation(), report.step());
                }
            }
            case COMMITTED -> {
                if (ledger != null) {
                    ledger.committed(report.incarnation(), report.step());
                }
            }
            case SEEN -> {
                if (ledger != null) {
                    ledger.seen(report.incarnation(), report.step(), from);
                }
            }
            case LOST -> findings.add(Fault.LOST, told(report));
            case TORN -> findings.add(Fault.TORN, told(report));
            case PHANTOM -> findings.add(Fault.PHANTOM, told(report));
        }
    }

    private static String told(Report report) {
        return report.daemon() + " incarnation " + report.incarnation() + " tells " + report.text();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
