package io.coppice.worker.runtime;

import io.coppice.worker.Task;

/**
 * What a transaction's standby does before it is parked, and what a process does that is to train an archive:
 *
 * <ol>
 *   <li>opens the whole class path: a class from behind jars that nobody has read from yet would have each of them opened first,
 *   <li>{@link DaemonClasses} of the daemon's class: loads and links what that names, and so the tasks that it submits, and
 *       {@link MainClass#prepare links} the calls of their constructors; it initialises none. What is found by reflection only, the first
 *       attempt of each process loads,
 *   <li>{@link ScratchTransaction}: lives the life of a transaction's process again and again, with a task of its own.
 * </ol>
 *
 * <p>A part that fails is said in one line of the log, and left out: a standby that is less warm is still a standby. Main thread.
 */
final class TransactionWarmUp implements Runnable {
    /** No jar has it, so that all are looked through. */
    private static final String NOWHERE = "io/coppice/worker/runtime/no-such-task";

    private final TransactionArguments arguments;
    private final WorkerLog log;

    TransactionWarmUp(TransactionArguments arguments, WorkerLog log) {
        this.arguments = arguments;
        this.log = log;
    }

    @Override
    public void run() {
        WarmUp.part("opening the class path", log, TransactionWarmUp::openClassPath);
        if (arguments.mainClass().isPresent()) {
            String main = arguments.mainClass().get();
            WarmUp.part("loading the daemon's tasks", log, () -> DaemonClasses.load(main, TransactionWarmUp::prepare));
        }
        WarmUp.part("the run on scratch memory", log, () -> {
            try (ScratchDirectory scratch = ScratchDirectory.make()) {
                new ScratchTransaction(arguments, scratch).run();
            }
        });
    }

    private static void openClassPath() {
        if (ClassLoader.getSystemResource(NOWHERE) != null) {
            throw new IllegalStateException("a jar of it has " + NOWHERE + ", and those behind that are not opened");
        }
    }

    private static void prepare(Class<?> type) {
        if (Task.class.isAssignableFrom(type)) {
            try {
                MainClass.prepare(type.getName(), Task.class);
            } catch (ReflectiveOperationException e) {
                return; // Should it be submitted all the same, its attempt says what is wrong with it.
            }
        }
    }
}
