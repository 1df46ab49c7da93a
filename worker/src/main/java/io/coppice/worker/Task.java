package io.coppice.worker;

/**
 * Work that may crash its JVM: untrusted input, native code, too much memory. It runs in a child JVM of its own, a
 * <em>transaction</em>, to which a daemon submits it by {@link Transactions}. Whatever becomes of that JVM, the daemon goes on.
 *
 * <p>The class needs a constructor without parameters, and is found on the daemon's class path by its name. Each attempt makes an
 * instance of its own.
 *
 * <p>What the task does outside of its state happens at least once: an attempt may die after it. Write a temporary file and rename it
 * by {@link TransactionContext#id()}.
 */
public interface Task {
    /**
     * Does the work. Called once in each attempt, on the main thread of the transaction's JVM. It may start threads of its own; they do
     * not touch the context or the state ({@link TransactionContext#stopRequested} excepted), and are not waited for.
     *
     * @param input what was submitted
     * @return the result; committed when this returns, and then the daemon's
     * @throws TaskFailedException this will never succeed: no further attempt is made
     * @throws Exception this attempt has failed; another one is made, as far as the manifest's {@code retries} go
     */
    byte[] run(TransactionContext context, byte[] input) throws Exception;
}
