package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import io.coppice.worker.StepErrorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class DutyCycleTest {
    private static final long HEARTBEAT_TIMEOUT_NS = 3_000;

    private final LoggedPort port = new LoggedPort();
    private final StopRequest stop = new StopRequest(Thread.currentThread());

    /** A daemon whose calls are given in order; what it leaves out does nothing. */
    private final class Script implements Daemon {
        Callable<Void> start = () -> null;
        final List<Callable<Next>> steps = new ArrayList<>();
        Callable<Void> onStop = () -> null;
        OnException answer = OnException.RESTART;
        Runnable onException = () -> {};
        final List<Exception> exceptions = new ArrayList<>();

        Script step(Callable<Next> step) {
            steps.add(step);
            return this;
        }

        @Override
        public void start(DaemonContext context) throws Exception {
            port.done.add("start");
            start.call();
        }

        @Override
        public Next step() throws Exception {
            port.done.add("step");
            return steps.remove(0).call();
        }

        @Override
        public void stop() throws Exception {
            port.done.add("stop");
            onStop.call();
        }

        @Override
        public OnException onException(Exception e) {
            exceptions.add(e);
            onException.run();
            return answer;
        }
    }

    private int run(Script daemon) {
        return new DutyCycle(daemon, new NoContext(), port, stop, HEARTBEAT_TIMEOUT_NS).run();
    }

    private Next set(long value, Next next) {
        port.value = value;
        return next;
    }

    @Test
    void shouldCommitAfterStartAfterEachStepAndAfterStop() {
        Script daemon = new Script().step(() -> set(2, Next.AGAIN)).step(() -> set(3, Next.DONE));
        daemon.start = () -> {
            port.value = 1;
            return null;
        };
        daemon.onStop = () -> {
            port.value = 4;
            return null;
        };

        assertEquals(0, run(daemon));

        assertEquals(
                List.of(
                        "start",
                        "commit 1",
                        "phase READY",
                        "step",
                        "commit 2",
                        "step",
                        "commit 3",
                        "stop",
                        "commit 4",
                        "phase COMPLETED"),
                port.done);
    }

    @Test
    void shouldBumpTheHeartbeatOncePerTurn() {
        Script daemon = new Script();
        long[] seen = new long[4];
        for (int i = 0; i < 4; i++) {
            int turn = i;
            daemon.step(() -> {
                seen[turn] = port.heartbeats;
                return turn == 3 ? Next.DONE : Next.AGAIN;
            });
        }

        run(daemon);

        assertEquals(List.of(1L, 2L, 3L, 4L), List.of(seen[0], seen[1], seen[2], seen[3]));
    }

    @Test
    void shouldWakeAtAThirdOfTheHeartbeatTimeoutOnlyToBumpWhileIdle() {
        long[] heartbeats = new long[2];
        Script daemon = new Script()
                .step(() -> {
                    heartbeats[0] = port.heartbeats;
                    return Next.after(Duration.ofNanos(2_500));
                })
                .step(() -> {
                    heartbeats[1] = port.heartbeats;
                    return Next.DONE;
                });

        run(daemon);

        assertEquals(
                List.of("park 1000", "park 1000", "park 500"),
                port.done.stream().filter(did -> did.startsWith("park")).toList());
        assertEquals(4, heartbeats[1] - heartbeats[0]);
    }

    @Test
    void shouldSleepThroughWithoutAHeartbeatTimeout() {
        Script daemon = new Script().step(() -> Next.after(Duration.ofDays(2))).step(() -> Next.DONE);

        assertEquals(0, new DutyCycle(daemon, new NoContext(), port, stop, 0).run());

        assertTrue(port.done.contains("park " + Duration.ofDays(2).toNanos()), port.done.toString());
    }

    @Test
    void shouldEndAPauseWhenAStopIsRequested() {
        port.onPark = stop::request;
        Script daemon = new Script().step(() -> Next.after(Duration.ofDays(365_000)));

        assertEquals(143, run(daemon));

        assertEquals(
                List.of(
                        "start",
                        "commit 0",
                        "phase READY",
                        "step",
                        "commit 0",
                        "park 1000",
                        "phase STOPPING",
                        "stop",
                        "commit 0",
                        "last words"),
                port.done);
        assertEquals("it ended in order, as asked: its stop() has run, and all is committed", port.lastWords);
    }

    @Test
    void shouldSayWhoCalledSystemExitIfThatEndedIt() {
        port.onPark = () -> stop.requestFor("System.exit by thread \"quitter\"");

        assertEquals(143, run(new Script().step(() -> Next.after(Duration.ofDays(365_000)))));

        assertEquals(
                "System.exit by thread \"quitter\"; the loop then ended in order: its stop() has run, and all is committed",
                port.lastWords);
    }

    @Test
    void shouldStopWithoutASingleStepIfAskedToDuringStart() {
        Script daemon = new Script();
        daemon.start = () -> {
            stop.request();
            return null;
        };

        assertEquals(143, run(daemon));

        assertEquals(
                List.of("start", "commit 0", "phase READY", "phase STOPPING", "stop", "commit 0", "last words"),
                port.done);
    }

    @Test
    void shouldRollBackAndLeaveLastWordsAndExit70AfterAnException() {
        Script daemon = new Script().step(() -> set(1, Next.AGAIN)).step(() -> {
            port.value = 99;
            throw new IllegalStateException("no such order");
        });
        long[] valueInHandler = new long[1];
        daemon.onException = () -> {
            valueInHandler[0] = port.value;
            port.value = 77;
        };

        assertEquals(70, run(daemon));

        assertEquals(1, valueInHandler[0], "the handler must see the last commit");
        assertEquals(1, port.value, "what the handler changed must not stay");
        assertEquals(1, port.committed);
        assertTrue(port.lastWords.startsWith("java.lang.IllegalStateException: no such order\n"), port.lastWords);
        assertEquals(List.of("last words", "phase FAILING"), port.done.subList(port.done.size() - 2, port.done.size()));
        assertEquals(List.of("an exception ends this worker (exit code 70) [trace]"), port.logged);
    }

    @Test
    void shouldExit78WhenTheDaemonAnswersFail() {
        Script daemon = new Script().step(() -> {
            throw new IllegalStateException("bad input");
        });
        daemon.answer = OnException.FAIL;

        assertEquals(78, run(daemon));
        assertTrue(port.lastWords.contains("bad input"), port.lastWords);
    }

    @Test
    void shouldCommitWhatTheHandlerChangedAndGoOnAfterContinue() {
        Script daemon = new Script()
                .step(() -> {
                    port.value = 99;
                    throw new IllegalStateException("bad line");
                })
                .step(() -> Next.DONE);
        daemon.answer = OnException.CONTINUE;
        daemon.onException = () -> port.value = 5;

        assertEquals(0, run(daemon));

        assertEquals(5, port.committed);
        assertEquals(List.of("an exception left step(); rolled back, the daemon goes on [trace]"), port.logged);
    }

    @Test
    void shouldPauseLongerAndLongerBumpAllTheWhileAndCountInTheLogWhenEveryStepFails() {
        Script daemon = new Script();
        for (int i = 0; i < 16; i++) {
            daemon.step(() -> {
                throw new IllegalStateException("again");
            });
        }
        daemon.step(() -> Next.DONE);
        daemon.answer = OnException.CONTINUE;

        assertEquals(0, run(daemon));

        long pausedMs = (port.nowNs - 1) / 1_000_000;
        assertEquals(1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256 + 512 + 6 * 1000, pausedMs);
        assertTrue(
                port.heartbeats >= pausedMs * 1_000_000 / (HEARTBEAT_TIMEOUT_NS / 3), "heartbeats " + port.heartbeats);
        assertEquals(
                List.of("[trace]", "2th", "4th", "8th", "16th"),
                port.logged.stream()
                        .map(line -> line.replaceAll("^.*?(\\[trace]|\\d+th).*$", "$1"))
                        .toList());
    }

    @Test
    void shouldTreatAnExceptionInTheHandlerAsRestartAndKeepBoth() {
        Script daemon = new Script().step(() -> {
            throw new IllegalStateException("first");
        });
        daemon.onException = () -> {
            throw new IllegalArgumentException("second");
        };

        assertEquals(70, run(daemon));
        assertTrue(port.lastWords.startsWith("java.lang.IllegalStateException: first"), port.lastWords);
        assertEquals("second", daemon.exceptions.get(0).getSuppressed()[0].getMessage());
    }

    @Test
    void shouldHandTheHandlerAStackOverflowWrapped() {
        Script daemon = new Script().step(DutyCycleTest::overflow).step(() -> Next.DONE);
        daemon.answer = OnException.CONTINUE;

        assertEquals(0, run(daemon));

        assertTrue(daemon.exceptions.get(0) instanceof StepErrorException);
        assertTrue(daemon.exceptions.get(0).getCause() instanceof StackOverflowError);
    }

    private static Next overflow() {
        Next next = overflow();
        return next == Next.DONE ? Next.AGAIN : next;
    }

    @Test
    void shouldNotAskTheDaemonAfterAnErrorThatEndsTheJvm() {
        Script daemon = new Script().step(() -> {
            throw new OutOfMemoryError("made up");
        });

        assertThrows(OutOfMemoryError.class, () -> run(daemon));
        assertEquals(List.of(), daemon.exceptions);
    }

    @Test
    void shouldTakeAStepWithoutAnAnswerForAnException() {
        Script daemon = new Script().step(() -> null);

        assertEquals(70, run(daemon));
        assertTrue(port.lastWords.contains("returned null, expected a Next"), port.lastWords);
    }

    @Test
    void shouldExit70WhenStartThrowsEvenIfTheDaemonWouldContinue() {
        Script daemon = new Script();
        daemon.answer = OnException.CONTINUE;
        daemon.start = () -> {
            port.value = 9;
            throw new java.io.IOException("cannot open input");
        };

        assertEquals(70, run(daemon));
        assertEquals(0, port.committed);
        assertTrue(port.lastWords.startsWith("java.io.IOException: cannot open input"), port.lastWords);
        assertTrue(!port.done.contains("phase READY"), "never ready: " + port.done);
    }

    @Test
    void shouldRollBackAndExit70WhenStopThrows() {
        Script daemon = new Script().step(() -> set(1, Next.DONE));
        daemon.onStop = () -> {
            port.value = 2;
            throw new IllegalStateException("cannot flush");
        };

        assertEquals(70, run(daemon));
        assertEquals(1, port.committed);
        assertTrue(port.lastWords.contains("cannot flush"), port.lastWords);
        assertTrue(!port.done.contains("phase COMPLETED"), "not completed: " + port.done);
    }
}
