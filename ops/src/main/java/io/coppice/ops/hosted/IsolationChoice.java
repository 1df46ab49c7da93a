package io.coppice.ops.hosted;

import io.coppice.supervisor.plan.Isolation;
import java.util.Locale;

/** What may be given for {@code --isolation}: the words of the manifest's key. */
public enum IsolationChoice {
    /** As without the option. */
    MAPPING(Isolation.MAPPING),
    USER(Isolation.USER),
    SANDBOX(Isolation.SANDBOX);

    /** Of the option. */
    public static final String DESCRIPTION =
            "What keeps the workers from each other: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}. As the"
                    + " manifest's key of that name; `user` takes root, and a range of users for `coppice` in /etc/subuid"
                    + " and /etc/subgid.";

    private final Isolation isolation;

    IsolationChoice(Isolation isolation) {
        this.isolation = isolation;
    }

    /** As plans have it. */
    public Isolation isolation() {
        return isolation;
    }

    /** As people type it, also for completion. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
