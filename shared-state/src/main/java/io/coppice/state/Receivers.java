package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** Where a channel's writer finds its receivers' segments, which have their cursors. */
@FunctionalInterface
public interface Receivers {
    /**
     * The receiver's segment, mapped read-only and left open, the same object as long as it is good; null if there is none
     * now. Owner's thread; must be quick and must not throw.
     */
    @Nullable
    ReadOnlySegment segment(String receiver);

    /** Whether the owner may read any segment of that name; if not, there will never be one. Owner's thread. */
    default boolean knows(String receiver) {
        return true;
    }

    /** Of an owner that may read no other's segment. */
    static Receivers none() {
        return new Receivers() {
            @Override
            public @Nullable ReadOnlySegment segment(String receiver) {
                return null;
            }

            @Override
            public boolean knows(String receiver) {
                return false;
            }
        };
    }
}
