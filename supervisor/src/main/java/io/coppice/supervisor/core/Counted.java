package io.coppice.supervisor.core;

/** A number and what it counts, in texts for people. */
final class Counted {
    private Counted() {}

    static String children(int number) {
        return number == 1 ? "1 child" : number + " children";
    }

    /** @param what of one */
    static String of(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
