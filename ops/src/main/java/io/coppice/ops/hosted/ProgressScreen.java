package io.coppice.ops.hosted;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What the user of a long command sees: lines, and on a terminal a progress bar below them that is drawn over and over. Elsewhere
 * a line per tenth of the way takes its place. One thread, except {@link #close}.
 */
public final class ProgressScreen implements AutoCloseable {
    private static final int BAR_CELLS = 30;

    /** More often than this a terminal flickers and nobody sees more. */
    private static final long REDRAW_NS = 50_000_000;

    private final PrintStream out;
    private final boolean live;
    private final boolean colored;
    private final String verb;
    private boolean barShown;
    private long drawnAtNs;
    private int tenthsTold;

    /**
     * @param live whether {@code out} is a terminal on which a line can be drawn again
     * @param colored whether colours are welcome
     * @param verb what was done of the way: {@code 10 % counted}
     */
    public ProgressScreen(PrintStream out, boolean live, boolean colored, String verb) {
        this.verb = verb;
        this.out = out;
        this.live = live;
        this.colored = colored;
    }

    /** Prints a line, above the bar if there is one. */
    public synchronized void line(String text) {
        clearBar();
        out.println(text);
        out.flush();
    }

    /** Whether anything that was printed did not arrive. */
    public synchronized boolean failed() {
        return out.checkError();
    }

    /**
     * Shows how far it is; cheap to call all the time.
     *
     * @param more beside the percentage
     */
    public synchronized void progress(long position, long length, Supplier<String> more, long nowNs) {
        if (live) {
            if (!barShown || nowNs - drawnAtNs >= REDRAW_NS) {
                drawnAtNs = nowNs;
                barShown = true;
                out.print("\r\u001b[K" + bar(position, length, more.get()));
                out.flush();
            }
            return;
        }
        int tenths = (int) (10 * fraction(position, length));
        if (tenths > tenthsTold) {
            tenthsTold = tenths;
            out.println(tenths * 10 + " % " + verb + ", " + more.get());
            out.flush();
        }
    }

    private String bar(long position, long length, String more) {
        double fraction = fraction(position, length);
        int full = (int) (BAR_CELLS * fraction);
        String cells = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
        return String.format(
                Locale.ROOT,
                "%s%s%s %5.1f %%  %s",
                colored ? "\u001b[32m" : "",
                cells,
                colored ? "\u001b[0m" : "",
                100 * fraction,
                more);
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
