package io.coppice.ops.demo;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What the user of the demo sees: lines, and on a terminal a progress bar below them that is drawn over and over. Elsewhere
 * a line per tenth of the way takes its place. One thread, except {@link #close}.
 */
final class DemoScreen implements AutoCloseable {
    private static final int BAR_CELLS = 30;

    /** More often than this a terminal flickers and nobody sees more. */
    private static final long REDRAW_NS = 50_000_000;

    private final PrintStream out;
    private final boolean live;
    private final boolean colored;
    private boolean barShown;
    private long drawnAtNs;
    private int tenthsTold;

    /**
     * @param live whether {@code out} is a terminal on which a line can be drawn again
     * @param colored whether colours are welcome
     */
    DemoScreen(PrintStream out, boolean live, boolean colored) {
        this.out = out;
        this.live = live;
        this.colored = colored;
    }

    /** Prints a line, above the bar if there is one. */
    synchronized void line(String text) {
        clearBar();
        out.println(text);
        out.flush();
    }

    /** Whether anything that was printed did not arrive. */
    synchronized boolean failed() {
        return out.checkError();
    }

    /** Shows how far the count is; cheap to call all the time. */
    synchronized void progress(long position, long length, int killsDone, int kills, long nowNs) {
        if (live) {
            if (!barShown || nowNs - drawnAtNs >= REDRAW_NS) {
                drawnAtNs = nowNs;
                barShown = true;
                out.print("\r\u001b[K" + bar(position, length, killsDone, kills));
                out.flush();
            }
            return;
        }
        int tenths = (int) (10 * fraction(position, length));
        if (tenths > tenthsTold) {
            tenthsTold = tenths;
            out.println(tenths * 10 + " % counted, " + killsDone + " of " + kills + " kills");
            out.flush();
        }
    }

    private String bar(long position, long length, int killsDone, int kills) {
        double fraction = fraction(position, length);
        int full = (int) (BAR_CELLS * fraction);
        String cells = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
        return String.format(
                Locale.ROOT,
                "%s%s%s %5.1f %%  %d of %d kills",
                colored ? "\u001b[32m" : "",
                cells,
                colored ? "\u001b[0m" : "",
                100 * fraction,
                killsDone,
                kills);
    }

    private static double fraction(long position, long length) {
        return length == 0 ? 1 : Math.min(1.0, (double) position / length);
    }

    private void clearBar() {
        if (barShown) {
            out.print("\r\u001b[K");
            barShown = false;
        }
    }

    /** Leaves the cursor at the start of an empty line. Any thread. */
    @Override
    public synchronized void close() {
        clearBar();
        out.flush();
    }
}
