package io.coppice.supervisor.root;

import org.jspecify.annotations.Nullable;

/** The words by which a prober tells the root what it makes of a process. */
public enum ProbeVerdict {
    /** It does its work now. Of a plain command only. */
    READY("ready"),
    /** It is well again. */
    HEALTHY("healthy"),
    /** It is up, and not well. */
    UNHEALTHY("unhealthy"),
    /** It will not come up, or does not live any more: it is to be ended. */
    FAILED("failed");

    private final String word;

    ProbeVerdict(String word) {
        this.word = word;
    }

    /** As it is written in a request. */
    public String word() {
        return word;
    }

    static @Nullable ProbeVerdict of(String word) {
        for (ProbeVerdict verdict : values()) {
            if (verdict.word.equals(word)) {
                return verdict;
            }
        }
        return null;
    }
}
