package io.coppice.state;

/** What the command line asks of the proofs; see CONTRIBUTING. Without it they do what a suite has time for. */
final class Proof {
    private Proof() {}

    /** A number of the command line, or what is done without it. */
    static long number(String property, long otherwise) {
        return Long.getLong("coppice.proof." + property, otherwise);
    }

    /** Figures of a proof, on standard output, which the build shows. */
    static void report(String figures) {
        System.out.println("proof: " + figures);
    }
}
