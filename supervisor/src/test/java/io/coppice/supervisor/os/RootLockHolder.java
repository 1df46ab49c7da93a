package io.coppice.supervisor.os;

import java.nio.file.Path;

/** Holds a root lock until it is killed or its standard input ends. */
final class RootLockHolder {
    private RootLockHolder() {}

    @SuppressWarnings("try") // the lock is held, not used
    public static void main(String[] args) throws Exception {
        try (RootLock lock = RootLock.acquire(Path.of(args[0]))) {
            System.out.println("locked");
            System.out.println("released after " + System.in.read());
        }
    }
}
