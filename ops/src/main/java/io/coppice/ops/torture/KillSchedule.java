package io.coppice.ops.torture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * When to kill whom. The same seed always gives the same schedule; the instant at which a signal hits does not repeat, and need
 * not. One thread.
 */
final class KillSchedule {
    /** Of a strike that comes however far its victims are: starting, recovering, or dead already. */
    private static final int SOON_MS = 250;

    /** Of a strike at daemons that run. */
    private static final int LATER_MS = 120;

    private static final List<Moment> MOMENTS = List.of(Moment.ANY, Moment.PARKED, Moment.ASSIGNED, Moment.ASSIGNED);

    private final Random random;
    private final List<String> daemons;

    KillSchedule(long seed, List<String> daemons) {
        this.random = new Random(seed);
        this.daemons = List.copyOf(daemons);
    }

    /**
     * One strike.
     *
     * @param whenReady whether its victims must all be ready before the delay begins; so daemons get on between two deaths,
     *     on however slow a machine
     * @param delayNs to wait
     * @param daemons to kill at the same time, if they live
     * @param standbyOf whose standby to kill as well, if there is one; where it is to wait, and none of this daemon does, another's
     * @param moment in the life of that standby
     */
    record Strike(boolean whenReady, long delayNs, List<String> daemons, String standbyOf, Moment moment) {}

    /** When to kill a standby. */
    enum Moment {
        /** Whatever it does: mostly it boots. */
        ANY,
        /** When it waits. */
        PARKED,
        /** When it waited, and has been assigned just now because its daemon was killed. */
        ASSIGNED
    }

    Strike next() {
        boolean whenReady = random.nextInt(3) > 0;
        long delayNs = random.nextInt((whenReady ? LATER_MS : SOON_MS) * 1000) * 1000L;
        List<String> order = new ArrayList<>(daemons);
        Collections.shuffle(order, random);
        int victims = random.nextInt(8) == 0 ? order.size() : 1 + random.nextInt(2);
        return new Strike(
                whenReady,
                delayNs,
                List.copyOf(order.subList(0, Math.min(victims, order.size()))),
                order.get(random.nextInt(order.size())),
                MOMENTS.get(random.nextInt(MOMENTS.size())));
    }
}
