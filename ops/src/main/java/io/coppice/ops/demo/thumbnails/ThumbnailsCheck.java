package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.demo.thumbnails.job.ThumbnailProgress;
import io.coppice.state.StateView;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Compares what there is in the end with what there must be. */
final class ThumbnailsCheck {
    /** Where nobody was there to see how an attempt ended, that is the cause. */
    private static final String UNSEEN = "it ended while unsupervised";

    private final SampleFolder samples;
    private final Path thumbnails;
    private final List<String> findings = new ArrayList<>();

    ThumbnailsCheck(SampleFolder samples, Path thumbnails) {
        this.samples = samples;
        this.thumbnails = thumbnails;
    }

    /** What is wrong, a line each; empty if nothing is. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    /** Each good picture has a whole thumbnail of its shape, and there is nothing else. */
    void compareFiles() throws IOException {
        Set<String> expected = samples.good().stream()
                .map(made -> made.name() + ".png")
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> found;
        try (Stream<Path> files = Files.list(thumbnails)) {
            found = files.map(file -> String.valueOf(file.getFileName()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        difference("thumbnails that are missing", expected, found);
        difference("files that are no thumbnails of good pictures", found, expected);
        for (PictureMaker.Made made : samples.good()) {
            Path file = thumbnails.resolve(made.name() + ".png");
            if (found.contains(made.name() + ".png")) {
                compare(made, ImageIO.read(file.toFile()));
            }
        }
    }

    private void compare(PictureMaker.Made made, @Nullable BufferedImage thumbnail) {
        if (thumbnail == null) {
            findings.add(made.name() + ": its thumbnail is no picture");
            return;
        }
        double shape = (double) made.width() / made.height();
        // By a pixel, each edge may be rounded.
        double least = (thumbnail.getWidth() - 1.0) / (thumbnail.getHeight() + 1.0);
        double most = (thumbnail.getWidth() + 1.0) / (thumbnail.getHeight() - 1.0);
        if (shape < least || shape > most) {
            findings.add(made.name() + ": its thumbnail is of another shape, " + thumbnail.getWidth() + " × "
                    + thumbnail.getHeight() + " for " + made.width() + " × " + made.height());
        }
    }

    /** Each file has been noted once, and each bad one with its cause. */
    void compareState(StateView state) {
        Map<String, Long> noted = new HashMap<>();
        state.stringLongMap(ThumbnailProgress.PICTURES)
                .forEach((key, length, value) -> noted.put(new String(key, 0, length, StandardCharsets.UTF_8), value));
        Map<String, Long> expected = new HashMap<>();
        samples.good().forEach(made -> expected.put(made.name(), ThumbnailProgress.DONE));
        samples.bad().keySet().forEach(name -> expected.put(name, ThumbnailProgress.FAILED));
        Set<String> names = new TreeSet<>(noted.keySet());
        names.addAll(expected.keySet());
        for (String name : names) {
            long is = noted.getOrDefault(name, 0L);
            long should = expected.getOrDefault(name, 0L);
            if (is != should) {
                findings.add(name + ": noted as " + is + " and not as " + should);
            }
        }
        count(
                "results",
                state.record(ThumbnailProgress.RECORD, ThumbnailProgress.LAYOUT).get(ThumbnailProgress.RESULTS),
                samples.good().size());
        count(
                "failures",
                state.record(ThumbnailProgress.RECORD, ThumbnailProgress.LAYOUT).get(ThumbnailProgress.FAILURES),
                samples.bad().size());
        compareProblems(problems(state));
    }

    /** The lines, oldest first. */
    static List<String> problems(StateView state) {
        var log = state.appendLog(ThumbnailProgress.PROBLEMS);
        return LongStream.range(log.firstSequence(), log.nextSequence())
                .mapToObj(sequence -> new String(log.entry(sequence), StandardCharsets.UTF_8))
                .toList();
    }

    private void compareProblems(List<String> problems) {
        samples.bad().forEach((name, kind) -> {
            List<String> lines = problems.stream()
                    .filter(line -> line.startsWith(name + ": "))
                    .toList();
            if (lines.size() != 1) {
                findings.add(name + ": " + lines.size() + " lines tell of it, and not one");
            } else if (!lines.get(0).contains(kind.cause()) && !lines.get(0).contains(UNSEEN)) {
                findings.add("another cause than `" + kind.cause() + "`: " + lines.get(0));
            }
        });
        if (problems.size() > samples.bad().size()) {
            findings.add(problems.size() + " lines tell of " + samples.bad().size() + " bad files: " + problems);
        }
    }

    /** Nobody but us has ended the daemon. */
    void compareIncarnations(long first, long last, int kills) {
        count("incarnations of the daemon after the first", last - first, kills);
    }

    private void count(String what, long found, long expected) {
        if (found != expected) {
            findings.add(found + " " + what + ", and not " + expected);
        }
    }

    private void difference(String what, Set<String> from, Set<String> without) {
        Set<String> rest = new TreeSet<>(from);
        rest.removeAll(without);
        if (!rest.isEmpty()) {
            findings.add(what + ": " + String.join(", ", rest));
        }
    }
}
