package io.coppice.supervisor.root;

import io.coppice.state.Parting;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import org.jspecify.annotations.Nullable;

/**
 * What a dead process left in its segment. How it ended is the kernel's to tell; only where that cannot, the word of the
 * process itself counts, which could as well have ended with any code. That it chose the code itself, by System.exit, only it
 * can say.
 *
 * @param exception the words of an exception that was to end it, or the like; null if there was none
 * @param parting all that it said of its end
 * @param progress how far it came
 */
record LeftBehind(@Nullable String exception, Parting parting, StepProgress progress) {
    /** Of what has no segment, or had not taken it. */
    static final LeftBehind NOTHING = new LeftBehind(null, Parting.NONE, StepProgress.UNKNOWN);

    private static final ExitStatus DONE = new ExitStatus.Exited(0);
    private static final String UNSEEN = "nobody saw it end; by its own word ";

    /** How it ended, as the core is to know it. */
    ExitStatus status(ExitStatus told) {
        return isUnknown(told) && parting.completed() ? DONE : told;
    }

    /** What it said of that, as the core is to know it; null if nothing. */
    @Nullable
    String words(ExitStatus told) {
        String words = parting.words().orElse(null);
        if (!isUnknown(told)) {
            return words != null && parting.ofSystemExit() ? words : exception;
        }
        return words != null && parting.completed() ? UNSEEN + words : words;
    }

    private static boolean isUnknown(ExitStatus status) {
        return status instanceof ExitStatus.Unknown || status instanceof ExitStatus.Unwitnessed;
    }
}
