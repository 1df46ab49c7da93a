package io.coppice.worker.runtime;

import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import io.coppice.worker.PreviousExit;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** What is known of the end of the owner before, beside what the release line tells. */
final class Predecessor {
    private Predecessor() {}

    /**
     * Adds its last words to what the root knows. To be read before the segment has a new owner, whose first act is to clear them.
     *
     * @param isOfItsOwn whether the segment is still as that owner left it
     */
    static PreviousExit withLastWords(PreviousExit exit, Path file, Predicate<ReadOnlySegment> isOfItsOwn) {
        boolean mayHaveSpoken =
                exit.kind() == ExitKind.EXCEPTION || exit.kind() == ExitKind.EXIT || exit.kind() == ExitKind.UNKNOWN;
        if (!mayHaveSpoken) {
            return exit;
        }
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
            if (segment.phase() != Phase.FAILING.code() || !isOfItsOwn.test(segment)) {
                return exit; // Words of something else than an exception, or of somebody else.
            }
            Optional<String> lastWords = segment.lastWords();
            if (lastWords.isPresent() && lastWords.get().isEmpty()) {
                lastWords = Optional.empty();
            }
            return new PreviousExit(exit.kind(), exit.code(), exit.signal(), exit.at(), lastWords, exit.verdict());
        } catch (SegmentException e) {
            return exit; // Opening it as its owner comes next and says what is wrong with it.
        }
    }

    /**
     * Adds why the root killed it, if it did: that is in the slot's row until this process has ended, too.
     *
     * @param root the root's segment
     * @param name of the slot
     * @param request that both are of
     */
    static PreviousExit withVerdict(PreviousExit exit, Path root, String name, long request) {
        if (exit.kind() != ExitKind.HANG && exit.kind() != ExitKind.START_TIMEOUT) {
            return exit;
        }
        try (RootView view = RootView.open(root)) {
            Optional<String> verdict = view.child(name)
                    .filter(child -> child.request() == request)
                    .flatMap(ChildInfo::lastExit)
                    .filter(last -> last.kind() == exit.kind() && !last.text().isEmpty())
                    .map(LastExit::text);
            return new PreviousExit(exit.kind(), exit.code(), exit.signal(), exit.at(), exit.lastWords(), verdict);
        } catch (SegmentException e) {
            return exit; // The task is told less, and can do its work all the same.
        }
    }
}
