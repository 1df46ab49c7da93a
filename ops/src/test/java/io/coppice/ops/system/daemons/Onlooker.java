package io.coppice.ops.system.daemons;

import io.coppice.state.PublishedView;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.PeerAccess;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Prints what the {@link Ticker} that is its first argument has got to, twenty times a second: {@code saw N}, or why it sees nothing. */
public final class Onlooker implements Daemon {
    private @Nullable DaemonContext context;

    @Override
    public void start(DaemonContext daemon) {
        context = daemon;
    }

    @Override
    public Next step() {
        DaemonContext daemon = Objects.requireNonNull(context);
        PeerAccess access = daemon.peer(daemon.args().get(0)).access();
        if (access instanceof PeerAccess.Available peer) {
            PublishedView ticks = peer.published("ticks", Ticker.LAYOUT);
            System.out.println(ticks.refresh() ? "saw " + ticks.get(Ticker.FIRST) : "saw nothing yet");
        } else {
            System.out.println("sees nothing: " + access);
        }
        return Next.after(Duration.ofMillis(50));
    }
}
