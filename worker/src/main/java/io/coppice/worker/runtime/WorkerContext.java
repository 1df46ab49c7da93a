package io.coppice.worker.runtime;

import io.coppice.state.ReadOnlySegment;
import io.coppice.state.Receivers;
import io.coppice.state.State;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Peer;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.Transactions;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The context of a running worker. Loop thread, {@link #stopRequested} excepted. */
final class WorkerContext implements DaemonContext, Closeable {
    private final WorkerArguments arguments;
    private final long incarnation;
    private final Optional<PreviousExit> previousExit;
    private final Supplier<State> state;
    private final WorkerPort port;
    private final StopRequest stop;
    private final @Nullable Transactions transactions;
    private final Map<String, SegmentPeer> peers = new LinkedHashMap<>();

    /** The state that has been told where receivers are; a step back to older contents makes another one. */
    private @Nullable State told;

    WorkerContext(
            WorkerArguments arguments,
            long incarnation,
            Optional<PreviousExit> previousExit,
            Supplier<State> state,
            WorkerPort port,
            StopRequest stop,
            @Nullable Transactions transactions) {
        this.arguments = arguments;
        this.incarnation = incarnation;
        this.previousExit = previousExit;
        this.state = state;
        this.port = port;
        this.stop = stop;
        this.transactions = transactions;
        for (Map.Entry<String, Path> peer : arguments.peers().entrySet()) {
            peers.put(peer.getKey(), new SegmentPeer(peer.getKey(), peer.getValue(), this::state, port));
        }
    }

    @Override
    public String instance() {
        return arguments.instance();
    }

    @Override
    public String name() {
        return arguments.name();
    }

    @Override
    public long incarnation() {
        return incarnation;
    }

    @Override
    public Optional<PreviousExit> previousExit() {
        return previousExit;
    }

    @Override
    public List<String> args() {
        return arguments.userArgs();
    }

    @Override
    public State state() {
        State present = state.get();
        if (present != told) {
            if (!peers.isEmpty()) {
                present.receivers(new NamedReceivers());
            }
            told = present;
        }
        return present;
    }

    @Override
    public Peer peer(String name) {
        Peer peer = peers.get(name);
        if (peer == null) {
            List<String> replicas = replicasOf(name);
            if (!replicas.isEmpty()) {
                throw new IllegalArgumentException("peer '" + name
                        + "': it has replicas, and each is a peer of its own: " + String.join(", ", replicas));
            }
            throw new IllegalArgumentException("peer '" + name + "': daemon " + name() + " may read "
                    + (peers.isEmpty() ? "no other daemon" : String.join(", ", peers.keySet()))
                    + "; declare it in the manifest under `reads`");
        }
        return peer;
    }

    @Override
    public Transactions transactions() {
        Transactions present = transactions;
        if (present != null) {
            return present;
        }
        throw new IllegalStateException(
                "daemon " + name()
                        + " has no transactions; declare how many may run at once with the manifest key `transactions: {slots: …}`");
    }

    private List<String> replicasOf(String name) {
        List<String> replicas = new ArrayList<>();
        for (String peer : peers.keySet()) {
            if (peer.startsWith(name + ".")) {
                replicas.add(peer);
            }
        }
        return replicas;
    }

    /** Those that the manifest's {@code reads} names. */
    private final class NamedReceivers implements Receivers {
        @Override
        public @Nullable ReadOnlySegment segment(String receiver) {
            SegmentPeer peer = peers.get(receiver);
            return peer == null ? null : peer.segment();
        }

        @Override
        public boolean knows(String receiver) {
            return peers.containsKey(receiver);
        }
    }

    @Override
    public void busy(Duration atMost) {
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("busy: " + atMost + " must be more than zero");
        }
        port.busy(roundedUpMs(atMost));
    }

    private static long roundedUpMs(Duration duration) {
        return duration.compareTo(Duration.ofMillis(Long.MAX_VALUE - 1)) >= 0
                ? Long.MAX_VALUE
                : duration.plusNanos(999_999).toMillis();
    }

    @Override
    public void commit() {
        port.commit();
        port.bumpHeartbeat();
    }

    @Override
    public void checkpoint() {
        port.requestCheckpoint();
    }

    @Override
    public void rollback() {
        port.rollback();
    }

    @Override
    public boolean stopRequested() {
        return stop.requested();
    }

    /** Unmaps what was mapped of peers. */
    @Override
    public void close() {
        for (SegmentPeer peer : peers.values()) {
            peer.close();
        }
    }
}
