package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.PublishedView;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.SnapshotResult;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.Peer;
import io.coppice.worker.PeerAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads all of its peers, named in its arguments, in every way, liars among them, and counts how often the first of them had something new to say. An exception
 * would be seen as another incarnation.
 */
public final class Watcher implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("watched");
    public static final LongField NEWS = BUILDER.int64("news");
    public static final RecordLayout LAYOUT = BUILDER.build();
    private static final int STEPS_PER_COPY = 16;

    private final List<Peer> peers = new ArrayList<>();
    private final Map<PeerAccess, PublishedView> views = new HashMap<>();
    private @Nullable Record watched;
    private long steps;
    private long heard;

    @Override
    public void start(DaemonContext context) {
        watched = context.state().published("watched", LAYOUT);
        context.args().forEach(name -> peers.add(context.peer(name)));
    }

    @Override
    public Next step() {
        steps++;
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).access() instanceof PeerAccess.Available peer) {
                look(peer, i == 0);
            }
        }
        return Next.after(Duration.ofMillis(2));
    }

    private void look(PeerAccess.Available peer, boolean isFirst) {
        PublishedView view = views.computeIfAbsent(peer, any -> peer.published("ticks", Ticker.LAYOUT));
        if (view.refresh() && isFirst) {
            if (view.get(Ticker.FIRST) != view.get(Ticker.SECOND)) {
                throw new IllegalStateException("torn: " + view.get(Ticker.FIRST) + " " + view.get(Ticker.SECOND));
            }
            Objects.requireNonNull(watched).add(NEWS, 1);
        }
        heard ^= peer.commitSequence() ^ peer.incarnation();
        if (steps % STEPS_PER_COPY == 0 && peer.snapshot() instanceof SnapshotResult.Snapshot copy) {
            heard ^= copy.view().structures().size();
        }
    }
}
