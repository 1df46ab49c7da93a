import io.coppice.state.PublishedView;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.PeerUnavailableException;
import java.time.Duration;

/** Looks at what the counter has published, once a second. It can read the counter's segment and never write it. */
public final class Watcher implements Daemon {
    private static final Next SOON = Next.after(Duration.ofSeconds(1));

    private PublishedView count;

    @Override
    public void start(DaemonContext context) throws PeerUnavailableException {
        count = context.peer("counter").readableOrThrow().published("count", Counter.LAYOUT);
    }

    @Override
    public Next step() {
        if (count.refresh()) {
            System.out.println("the counter is at " + count.get(Counter.VALUE));
        }
        return SOON;
    }
}
