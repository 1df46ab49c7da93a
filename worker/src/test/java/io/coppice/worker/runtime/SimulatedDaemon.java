package io.coppice.worker.runtime;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import io.coppice.worker.Task;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionContext;
import io.coppice.worker.future.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Has each of its inputs done once, and counts outcomes in its state. Now and then, as the dice of the instance say, it commits or rolls
 * back in the middle of a step, throws, or gives up on what it has submitted.
 */
final class SimulatedDaemon implements Daemon {
    /** Never made; only its name is submitted. */
    static final class Echo implements Task {
        @Override
        public byte[] run(TransactionContext context, byte[] input) {
            return input;
        }
    }

    private static final Next SOON = Next.after(Duration.ofMillis(1));

    private final SimulatedInstance instance;
    private final TransactionDesk desk;
    private final TransactingPort port;
    private final List<String> inputs;
    private final boolean wild;
    private final Set<String> underWay = new HashSet<>();

    /**
     * What is to be made good for if it goes on after a rollback, as futures are spent: the outcome whose callback threw, or what the
     * step discarded itself. All that was delivered before counts already.
     */
    private final List<String> delivered = new ArrayList<>();

    private boolean stepping;

    SimulatedDaemon(
            SimulatedInstance instance, TransactionDesk desk, TransactingPort port, List<String> inputs, boolean wild) {
        this.instance = instance;
        this.desk = desk;
        this.port = port;
        this.inputs = inputs;
        this.wild = wild;
    }

    /** Runs a process of it until it is done, or dies. @return whether it is done */
    static boolean run(SimulatedInstance instance, TransactionLimits limits, List<String> inputs, boolean wild) {
        TransactionLedger ledger = new TransactionLedger(instance, limits);
        TransactingPort port = new TransactingPort(instance, ledger);
        TransactionDesk desk = new TransactionDesk(ledger, instance, limits);
        SimulatedDaemon daemon = new SimulatedDaemon(instance, desk, port, inputs, wild);
        try {
            int exitCode =
                    new DutyCycle(daemon, new NoContext(), port, new StopRequest(Thread.currentThread()), 0).run();
            if (exitCode != 0) {
                throw new SimulatedInstance.Broken("exit code " + exitCode + ": " + instance.log);
            }
            return true;
        } catch (SimulatedInstance.Death death) {
            instance.processDied();
            return false;
        }
    }

    private boolean now(int of) {
        return wild && instance.random.nextInt(of) == 0;
    }

    @Override
    public void start(DaemonContext context) {
        desk.whenFound(Echo.class, found -> {
            String input = text(found.input());
            underWay.add(input);
            follow(input, found.future());
        });
    }

    private void follow(String input, Future<byte[]> future) {
        future.onAny(outcome -> {
            if (outcome.isReady() && !input.equals(text(outcome.value()))) {
                throw new SimulatedInstance.Broken("the result of " + input + " is " + text(outcome.value()));
            }
            if (!stepping) {
                delivered.clear();
            }
            delivered.add(input);
            instance.adopt(input);
            if (now(10)) {
                throw new IllegalStateException("in a callback");
            }
        });
        future.onAbandoned(() -> underWay.remove(input));
    }

    @Override
    public Next step() {
        delivered.clear();
        stepping = true;
        try {
            return stepped();
        } finally {
            stepping = false;
        }
    }

    private Next stepped() {
        if (instance.turnsOfRoot > 20_000) {
            throw new SimulatedInstance.Broken("it does not get on: " + instance.table() + " " + instance.adopted());
        }
        for (String input : inputs) {
            if (!instance.isAdopted(input) && !underWay.contains(input)) {
                submit(input);
            }
        }
        if (now(20)) {
            port.rollback();
            delivered.forEach(instance::adopt);
        }
        if (now(20)) {
            port.commit();
            delivered.clear();
        }
        if (now(20)) {
            throw new IllegalStateException("in a step");
        }
        return inputs.stream().allMatch(instance::isAdopted) ? Next.DONE : SOON;
    }

    private void submit(String input) {
        byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
        Future<byte[]> future;
        if (now(2)) {
            future = desk.submitWhenRoom(Echo.class, bytes);
        } else if (desk.room() > 0) {
            Transaction<byte[]> transaction = desk.submit(Echo.class, bytes);
            future = transaction.future();
        } else {
            return;
        }
        underWay.add(input);
        follow(input, future);
        if (now(10)) {
            future.discard();
        }
    }

    /** What was delivered and could not be digested is stepped over, and counts. */
    @Override
    public OnException onException(Exception e) {
        delivered.forEach(instance::adopt);
        delivered.clear();
        return OnException.CONTINUE;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
