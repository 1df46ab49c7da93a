package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.lang.reflect.Field;
import java.time.Duration;

/** Its first incarnation stores to where nothing is mapped, as a native library would; later ones idle. */
public final class Faults implements Daemon {
    private boolean first;

    @Override
    public void start(DaemonContext context) {
        first = context.incarnation() == 1;
    }

    @Override
    public Next step() throws Exception {
        if (first) {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            Object unsafe = field.get(null);
            unsafe.getClass().getMethod("putAddress", long.class, long.class).invoke(unsafe, 0L, 0L);
        }
        return Next.after(Duration.ofDays(1));
    }
}
