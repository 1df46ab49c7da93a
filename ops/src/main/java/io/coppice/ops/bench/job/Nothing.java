package io.coppice.ops.bench.job;

/** The smallest JVM there is: what starting one costs by itself. */
public final class Nothing {
    private Nothing() {}

    /** Returns, or with an argument says so and waits to be killed. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length > 0) {
            System.out.println("up");
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
