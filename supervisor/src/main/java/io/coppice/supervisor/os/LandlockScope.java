package io.coppice.supervisor.os;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a restricted process may do to its own only: itself and what it started. Bits as in {@link LandlockRight}; ABI 6. */
public enum LandlockScope {
    /** Connect to abstract UNIX sockets. Those with a name in the file system are not covered. */
    ABSTRACT_UNIX_SOCKET(0),
    /** Send signals. */
    SIGNAL(1);

    /** The first ABI of Landlock that knows scopes. */
    public static final int SINCE_ABI = 6;

    /** All that there are. */
    public static final Set<LandlockScope> ALL = Collections.unmodifiableSet(EnumSet.allOf(LandlockScope.class));

    private final long bit;

    LandlockScope(int bit) {
        this.bit = 1L << bit;
    }

    static long bits(Set<LandlockScope> scopes) {
        long bits = 0;
        for (LandlockScope scope : scopes) {
            bits |= scope.bit;
        }
        return bits;
    }
}
