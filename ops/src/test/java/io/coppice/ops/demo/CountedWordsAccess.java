package io.coppice.ops.demo;

import io.coppice.state.ReadOnlySegment;
import java.util.SortedMap;

/** Lets tests of the daemon read its counts as the demo does. */
public final class CountedWordsAccess {
    private CountedWordsAccess() {}

    /** Reads them and closes the segment. */
    public static SortedMap<String, Long> counts(ReadOnlySegment segment) throws Exception {
        try (segment) {
            return CountedWords.of(segment).counts();
        }
    }
}
