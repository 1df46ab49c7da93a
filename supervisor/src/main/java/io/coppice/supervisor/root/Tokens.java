package io.coppice.supervisor.root;

/** What an epoll token says: the kind of descriptor in the upper half, an index in the lower. */
final class Tokens {
    static final int SIGNALS = 1;
    static final int TIMER = 2;
    static final int SPAWNER = 3;
    static final int CONTROL_LISTENER = 4;
    static final int CONTROL_CLIENT = 5;
    static final int CHILD_DEATH = 6;
    static final int CHILD_HINT = 7;
    static final int RELOAD = 8;
    static final int DIRECTORY = 9;
    static final int CLOCK = 10;
    static final int STANDBY_DEATH = 11;
    static final int STANDBY_HINT = 12;
    static final int ERRAND = 13;
    static final int DEATH_WORD = 14;

    private Tokens() {}

    static long of(int kind, int index) {
        return ((long) kind << Integer.SIZE) | Integer.toUnsignedLong(index);
    }

    static int kind(long token) {
        return (int) (token >>> Integer.SIZE);
    }

    static int index(long token) {
        return (int) token;
    }
}
