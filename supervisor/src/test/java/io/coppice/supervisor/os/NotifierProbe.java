package io.coppice.supervisor.os;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Says what the environment makes of a notifier, and notifies. Argument: the library's name, or nothing. */
final class NotifierProbe {
    private NotifierProbe() {}

    public static void main(String[] args) {
        ServiceNotifier notifier =
                args.length == 0 ? ServiceNotifier.fromEnvironment() : ServiceNotifier.fromEnvironment(args[0]);
        System.out.println("enabled " + notifier.enabled() + " interval " + notifier.watchdogIntervalMs());
        notifier.ready();
        notifier.status("3 daemons\nare grün");
        notifier.watchdog();
        notifier.stopping();
        notifier.store("web.1", 1);
        notifier.discard("web.1");
        String complaint = notifier.takeComplaint();
        if (complaint != null) {
            System.out.println(complaint);
        }
        System.out.println("allocated " + allocatedByWatchdog(notifier));
    }

    /** The least of several rounds: the first ones load and compile. */
    private static long allocatedByWatchdog(ServiceNotifier notifier) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 50; i++) {
                notifier.watchdog();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
