package io.coppice.ops.demo;

import io.coppice.ops.hosted.HostedFailedException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Starts {@link Recount} as a process of its own and understands its answer. */
final class Recounter {
    private static final Pattern ANSWER = Pattern.compile("lost (\\d+) twice (\\d+) words (\\d+) distinct (\\d+)");

    private Recounter() {}

    /**
     * What the recount found.
     *
     * @param lost words that were not counted as often as they come
     * @param twice words that were counted more often than they come
     * @param words in the input
     * @param distinct different ones
     * @param differences the first words that differ, one line each; empty if none does
     */
    record Verdict(long lost, long twice, long words, long distinct, String differences) {
        boolean right() {
            return lost == 0 && twice == 0;
        }
    }

    static Verdict recount(Path javaHome, List<Path> classPath, Path input, Path counts)
            throws IOException, HostedFailedException {
        Process process = new ProcessBuilder(
                        javaHome.resolve("bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                        Recount.class.getName(),
                        input.toString(),
                        counts.toString())
                .redirectErrorStream(true)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.onExit().join().exitValue();
        process.getOutputStream().close(); // Not before: the end of its input would end it early.
        Matcher matcher = ANSWER.matcher(answer);
        if (exitCode > 1 || !matcher.lookingAt()) {
            throw new HostedFailedException("The recount failed with exit code " + exitCode + ": " + answer.strip());
        }
        return new Verdict(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                answer.substring(matcher.end()).strip());
    }
}
