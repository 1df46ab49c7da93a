package io.coppice.ops.view;

import java.util.Collection;
import java.util.Optional;

/** Near misses: what somebody who typed a wrong name may have meant. */
public final class Suggestions {
    private static final int MAX_EDITS = 3;
    private static final int MAX_LENGTH = 64;

    private Suggestions() {}

    /** The candidate with the fewest edits, if that is a typing error and not another word; the first of several. */
    public static Optional<String> nearest(String typed, Collection<String> candidates) {
        if (typed.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Optional<String> best = Optional.empty();
        int bestEdits = Math.min(MAX_EDITS, Math.max(1, typed.length() / 2)) + 1;
        for (String candidate : candidates) {
            int edits = edits(typed, candidate);
            if (edits < bestEdits) {
                best = Optional.of(candidate);
                bestEdits = edits;
            }
        }
        return best;
    }

    /** Insertions, deletions, replacements, and swaps of neighbours, which are the most common slip of all. */
    private static int edits(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] reused = beforeLast;
            beforeLast = last;
            last = row;
            row = reused;
        }
        return last[to.length()];
    }
}
