package io.coppice.worker;

import io.coppice.state.State;
import io.coppice.state.StateView;

/**
 * A single-threaded loop that survives its own death: the one interface a daemon implements.
 *
 * <p>The class needs a constructor without parameters. The worker process makes one instance and calls, always on
 * the same thread: {@link #start} once, {@link #step} again and again, {@link #stop} at most once.
 *
 * <p>Whatever must outlive the process belongs in {@link DaemonContext#state()}. Each call is one commit: its changes
 * to the state become the new truth together when it returns, and none of them does if it throws or if the process
 * dies in it. A successor process starts from the last commit with a new instance; fields start empty.
 *
 * <pre>{@code
 * public final class Ticker implements Daemon {
 *     private static final Next SOON = Next.after(Duration.ofMillis(100));
 *     private final RecordLayout.Builder builder = RecordLayout.named("ticker");
 *     private final LongField ticks = builder.int64("ticks");
 *     private Record record;
 *
 *     public void start(DaemonContext context) {
 *         record = context.state().record("ticker", builder.build());
 *     }
 *
 *     public Next step() {
 *         record.add(ticks, 1);
 *         return SOON;
 *     }
 * }
 * }</pre>
 */
public interface Daemon {
    /**
     * Attaches or creates structures in the state, opens what the daemon reads; called once, before any step.
     *
     * <p>It has a timeout of its own (manifest key {@code start: {timeout: …}}, which the boot of the JVM counts to, too); the
     * heartbeat timeout does not apply. What it changed is committed when it returns, and only then does the worker count as ready.
     *
     * @param context valid as long as the process lives; keep it for use in {@link #step}
     * @throws Exception ends the process as an exception in {@link #step} would; {@link OnException#CONTINUE} is
     *     read as {@link OnException#RESTART}, since there is nothing to continue
     */
    void start(DaemonContext context) throws Exception;

    /**
     * Decides what this incarnation starts from, where the manifest says {@code resume: ask} and there was a commit before.
     * Called once, before {@link #start}. What it does and what then is done by its answer has a timeout of its own (manifest
     * key {@code recover: {timeout: …}}). A process that dies in it, or in what it
     * decided, is asked again.
     *
     * @throws Exception ends the process, which is no death by its contents: the {@code poison} rule does not count it
     */
    default ResumeFrom recover(RecoveryContext context) throws Exception {
        return ResumeFrom.lastCommit();
    }

    /**
     * Fills a new, empty state from old contents, where the manifest says {@code evolve: migrate} and {@link #start} met, in
     * its own state, a structure of another layout, type or size ({@link io.coppice.state.LayoutMismatchException} left it). Atomic: peers
     * see neither the old nor the new contents while it runs, and a process that dies in it begins it again. It may
     * commit as often as the undo log asks for. Do not count on a {@link #start} before it: in the successor of a process that
     * died in it, it comes first. Afterwards {@code start} is called, again or for the first time, and must ask the context
     * for its structures again. It has a timeout of its own (manifest key {@code migrate: {timeout: …}}); the old contents are kept
     * aside.
     *
     * <p>Rings are empty afterwards, too: readers are told that the writer's timeline is another one, and messages that a
     * channel's receivers had not read are lost to them unless they are sent anew here. The worker's log says how many.
     *
     * @param old the contents as of the last commit; a copy on the heap, without the messages of rings
     * @param state empty
     * @throws Exception the contents are then as before, and the process ends as by an exception in {@link #start}, but that the
     *     {@code poison} rule does not count it
     */
    default void migrate(StateView old, State state) throws Exception {
        throw new UnsupportedOperationException(
                "the manifest says `evolve: migrate`, but " + getClass().getName() + " has no migrate()");
    }

    /**
     * Does a bounded piece of work and says what comes next. One step is one commit: what it changed in the state is
     * committed when it returns normally, rolled back when it throws.
     *
     * <p>Must return, or announce with {@link DaemonContext#busy} how long it takes, within the heartbeat timeout;
     * otherwise the root takes the process for hung, dumps its threads, and kills it. Never blocked or interrupted by
     * the worker: a step that waits for something should return {@link Next#after} instead.
     *
     * @throws Exception anything that leaves the step; see {@link #onException}
     */
    Next step() throws Exception;

    /**
     * Says goodbye in good order: after a stop was asked for, or after {@link Next#DONE}; never after a crash, so
     * nothing may depend on it. Its changes to the state are committed when it returns. The process exits next; the
     * root's shutdown timeout bounds it.
     *
     * @throws Exception rolls back to the last commit and ends the process with exit code 70
     */
    default void stop() throws Exception {}

    /**
     * Decides what an exception that left {@link #step} (or {@link #start}) means. The state is already back at the
     * last commit. Changes made here are committed with {@link OnException#CONTINUE} (to step over an input that
     * cannot be digested, say) and rolled back otherwise. If this method itself throws, the answer is
     * {@link OnException#RESTART}.
     *
     * @param e what left the step; an {@link Error} that does not end the JVM comes wrapped in
     *     {@link StepErrorException}
     */
    default OnException onException(Exception e) {
        return OnException.RESTART;
    }

    /**
     * Makes the code warm that {@link #start} and {@link #step} will run, in a standby, before it is assigned. Optional: without it a
     * standby has loaded the daemon's classes and initialised none. A daemon that wants its first steps fast calls here, a few
     * hundred times, what they will call: parsers, formatters, structures of the state.
     *
     * <p>Called only in standbys, and when an archive of loaded classes is made: beside the live daemon, or while there is none. It
     * must not touch the outside world. On an instance of its own that is thrown away, like the state; static fields
     * stay, and {@link #start} finds them as this method left them. An exception is logged and otherwise ignored. The process is
     * parked, and may be assigned, only once it returns.
     *
     * @param scratch empty, of 1 MiB, whatever the manifest declares; it may commit as often as it likes
     * @throws Exception anything; the standby is then less warm
     */
    default void warmUp(State scratch) throws Exception {}
}
