package io.coppice.ops.hosted;

import io.coppice.supervisor.plan.Isolation;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.TypeConversionException;

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

    private static final Map<String, IsolationChoice> CHOICES =
            Stream.of(values()).collect(Collectors.toMap(IsolationChoice::toString, choice -> choice));

    private final Isolation isolation;

    IsolationChoice(Isolation isolation) {
        this.isolation = isolation;
    }

    /**
     * What was typed, in any case.
     *
     * @throws TypeConversionException with what there is, as people type it
     */
    public static IsolationChoice of(String word) {
        IsolationChoice choice = CHOICES.get(word.toLowerCase(Locale.ROOT));
        if (choice == null) {
            throw new TypeConversionException("expected mapping, user or sandbox but was '" + word + "'");
        }
        return choice;
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
