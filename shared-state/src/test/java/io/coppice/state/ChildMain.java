package io.coppice.state;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/** Runs another main class until it ends, or until whoever started this JVM is gone: then its standard input is at its end. */
final class ChildMain {
    static final int PARENT_GONE = 3;

    private ChildMain() {}

    /** @param args the class, in this package, and its arguments */
    public static void main(String[] args) throws Throwable {
        Thread watch = new Thread(ChildMain::awaitEndOfInput, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        MethodHandles.lookup()
                .findStatic(Class.forName(args[0]), "main", MethodType.methodType(void.class, String[].class))
                .invoke((Object) Arrays.copyOfRange(args, 1, args.length));
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nobody says anything.
            }
        } catch (IOException e) {
            // As good as its end.
        }
        Runtime.getRuntime().halt(PARENT_GONE);
    }
}
