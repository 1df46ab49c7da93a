package io.coppice.worker.runtime;

import io.coppice.state.Checksum;
import io.coppice.state.JvmFigures;
import io.coppice.state.LayoutMismatchException;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.Record;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.worker.jvm.JvmMeter;
import java.io.Closeable;
import java.io.IOException;

/**
 * The segment of a program that runs under the agent: its heartbeat, its figures, and what is the matter with it. A program's is
 * not closed: the process that owns it ends first. Any thread, one at a time.
 *
 * <p>Nothing in it is worth more than the process that it tells of, so contents that are damaged, or of another release's layout, are
 * replaced by none.
 */
final class AgentSegment implements Closeable {
    private final OwnedSegment segment;
    private final RootNotifier root;
    private final JvmMeter figures;
    private boolean ready;
    private boolean ending;
    private String fault = "";

    private AgentSegment(OwnedSegment segment, RootNotifier root, JvmMeter figures) {
        this.segment = segment;
        this.root = root;
        this.figures = figures;
    }

    /**
     * Takes it, in phase STARTING.
     *
     * @throws io.coppice.state.SegmentLockedException if another process has it
     * @throws SegmentException if it is not what was expected; it is as it was
     */
    static AgentSegment open(AgentArguments arguments, long incarnation, RootNotifier root) throws SegmentException {
        OwnedSegment segment = SegmentFile.openOwned(
                arguments.segment(),
                arguments.lock(),
                OwnPid.get(),
                incarnation,
                arguments.instance(),
                arguments.name());
        Record record = figures(segment);
        segment.phase(Phase.STARTING);
        root.phaseChanged();
        return new AgentSegment(segment, root, new JvmMeter(record));
    }

    private static Record figures(OwnedSegment segment) throws SegmentException {
        try {
            segment.recover(Checksum.NONE);
            return segment.state().published(JvmFigures.NAME, JvmFigures.LAYOUT);
        } catch (SegmentDamagedException | LayoutMismatchException e) {
            segment.rollback();
            segment.empty(false);
            return segment.state().published(JvmFigures.NAME, JvmFigures.LAYOUT);
        }
    }

    /** The calling thread is the one that looks after the program from here on. */
    synchronized void watchedBy(Answers answers) {
        segment.loopThread(OwnThread.tid());
        answers.countIn(segment);
    }

    /** The calling thread is the one that looks after the program; the root cannot ask whether others run. */
    synchronized void watched() {
        segment.loopThread(OwnThread.tid());
    }

    /** Publishes how the JVM does now. */
    synchronized void figures() {
        figures.take();
        segment.state().commit();
        segment.stepCommitted();
    }

    /** The program is ready, and its heartbeat is watched from here on. */
    synchronized void ready() {
        if (!ending) {
            ready = true;
            segment.phase(Phase.READY);
            root.phaseChanged();
        }
    }

    /** All is well. The program is ready then, if it was not before. */
    synchronized void well() {
        segment.heartbeat().beat();
        if (!ready || !fault.isEmpty()) {
            fault = "";
            ready();
        }
    }

    /**
     * Something is the matter: no beat. Should it last until the root ends the process, this is what the root says it died of.
     *
     * @return whether that is news
     */
    synchronized boolean unwell(String what) {
        if (ending || what.equals(fault)) {
            return false;
        }
        fault = what;
        leave(what);
        return true;
    }

    /** The process ends. What is the matter from now on, such as a port that is closed, is no cause of that. */
    synchronized void ending() {
        ending = true;
    }

    /** The process ends, of this. Nothing that is said later counts. */
    synchronized void ending(String why) {
        ending = true;
        leave(why);
    }

    private void leave(String words) {
        segment.lastWords(words);
        segment.phase(Phase.FAILING);
    }

    @Override
    public synchronized void close() throws IOException {
        segment.close();
    }
}
