package io.coppice.ops.prober;

/**
 * What one look found.
 *
 * @param text for people, what was seen: {@code Connection refused}
 */
record LookResult(boolean success, String text) {
    static LookResult well(String text) {
        return new LookResult(true, text);
    }

    static LookResult unwell(String text) {
        return new LookResult(false, text);
    }
}
