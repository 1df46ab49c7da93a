package io.coppice.ops.prober;

/**
 * What one look found.
 *
 * @param counts whether it found anything: what keeps the prober from looking says nothing of who is looked at
 * @param text for people, what was seen: {@code Connection refused}
 */
record LookResult(boolean success, boolean counts, String text) {
    static LookResult well(String text) {
        return new LookResult(true, true, text);
    }

    static LookResult unwell(String text) {
        return new LookResult(false, true, text);
    }

    /** @param text why it could not look */
    static LookResult nothing(String text) {
        return new LookResult(false, false, text);
    }
}
