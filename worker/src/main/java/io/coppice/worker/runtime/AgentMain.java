package io.coppice.worker.runtime;

import io.coppice.state.SegmentException;
import io.coppice.state.SegmentLockedException;
import io.coppice.worker.jvm.Deadlocks;
import io.coppice.worker.jvm.PoolSign;
import io.coppice.worker.jvm.SignOfLife;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The worker in a program that knows nothing of it: what a {@code command} with {@code agent: true} runs before its own main. In this order:
 *
 * <ol>
 *   <li>held, as every worker is: waits on standard input for the root's word that this process is on record (end of file: exit 125),
 *   <li>takes the owner lock (held by another: 72), maps and validates the segment (refused: 71); phase STARTING,
 *   <li>starts the one thread that looks after the JVM, and returns: the program's main runs.
 * </ol>
 *
 * <p>The program is ready at once; where ports of its own are to answer, when all {@linkplain SignOfLife signs of life} say for the first time
 * that all is well. From then on its heart beats while they do; see {@link AgentWatch}. It finds the end of file on standard input, as a command does whose input is {@code /dev/null}.
 *
 * <p>What must not be done here, as the program would notice: to set system properties, to start JMX or logging, to set the default handler
 * of uncaught exceptions, to load classes of ours by the program's class loader.
 */
public final class AgentMain {
    /** Without them there is nothing to look with, or to write the segment with. A program of modules may not have resolved them. */
    private static final List<String> MODULES = List.of("java.management", "jdk.unsupported");

    private AgentMain() {}

    /** See the class. Main thread; ends the process where the program must not run. */
    public static void start(String arguments) {
        WorkerLog log = new WorkerLog(System.err, "(unnamed)");
        try {
            AgentArguments parsed = AgentArguments.parse(arguments);
            log = new WorkerLog(System.err, parsed.name());
            start(parsed, log);
        } catch (IllegalArgumentException e) {
            end(log, ExitCode.USAGE, e.getMessage() + "; the agent is started by `coppice run`");
        } catch (IOException e) {
            end(log, ExitCode.NOT_RELEASED, "not released: " + e.getMessage());
        } catch (SegmentLockedException e) {
            end(log, ExitCode.SEGMENT_LOCKED, String.valueOf(e.getMessage()));
        } catch (SegmentException e) {
            end(log, ExitCode.SEGMENT_REFUSED, String.valueOf(e.getMessage()));
        } catch (Throwable fatal) {
            log.log("the agent cannot start (exit code 70)", fatal);
            end(log, ExitCode.EXCEPTION, "the program is not run");
        }
    }

    private static void start(AgentArguments arguments, WorkerLog log) throws IOException, SegmentException {
        for (String module : MODULES) {
            if (ModuleLayer.boot().findModule(module).isEmpty()) {
                throw new IllegalArgumentException("this JVM runs without the module " + module
                        + ", which the agent needs; add `--add-modules " + String.join(",", MODULES)
                        + "` to the command, or take a JDK that has it");
            }
        }
        Answers answers = Answers.listen(log);
        RootNotifier root = new RootNotifier();
        // Not closed: the program finds the end of file there, and not an error.
        Optional<RootLine> line = new HoldPipe().next();
        if (line.isEmpty() || !(line.get() instanceof ReleaseLine release)) {
            throw new IOException(line.isEmpty() ? "its root closed the pipe" : "told to be a standby");
        }
        AgentSegment segment = AgentSegment.open(arguments, release.incarnation(), root);
        new AgentExit(segment).install(Thread.currentThread());
        List<SignOfLife> signs = new ArrayList<>();
        signs.add(new Deadlocks());
        signs.addAll(arguments.ports());
        if (!arguments.pools().isEmpty()) {
            signs.add(new PoolSign(arguments.pools()));
        }
        Thread watch = new Thread(
                new AgentWatch(segment, signs, answers, arguments.ports().isEmpty(), arguments.heartbeatMs(), log),
                "coppice-agent");
        watch.setDaemon(true);
        watch.setContextClassLoader(AgentMain.class.getClassLoader());
        watch.start();
    }

    private static void end(WorkerLog log, int code, String why) {
        log.log(why, null);
        Runtime.getRuntime().halt(code);
    }
}
