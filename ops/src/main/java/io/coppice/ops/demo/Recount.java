package io.coppice.ops.demo;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Counts the words of a file again, in a process of its own and from scratch, and compares: {@code Recount INPUT COUNTS},
 * where COUNTS holds lines of {@code word<TAB>count}. Shares no code with the daemon on purpose, so that they do not share a
 * mistake either.
 *
 * <p>Prints {@code lost L twice T words W distinct D} and up to ten of the words that differ. Exit code 0 if none does, 1 if
 * some do, 2 if a file cannot be read; 3, early, if standard input ends: then whoever has asked is gone.
 */
public final class Recount {
    private static final int DIFFERENCES_SHOWN = 10;

    private final Map<String, Long> counts = new HashMap<>();

    private Recount() {}

    /** See the class. */
    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("usage: Recount INPUT COUNTS");
            System.exit(2);
        }
        Thread asker = new Thread(Recount::endWithWhoeverAsked, "asker");
        asker.setDaemon(true);
        asker.start();
        try {
            System.exit(compare(Path.of(args[0]), Path.of(args[1])));
        } catch (IOException e) {
            System.err.println("Cannot recount: " + e);
            System.exit(2);
        }
    }

    private static void endWithWhoeverAsked() {
        try {
            int next = 0;
            while (next >= 0) {
                next = System.in.read();
            }
        } catch (IOException e) {
            System.err.println("Nobody asks any more: " + e);
        }
        Runtime.getRuntime().halt(3);
    }

    private static int compare(Path input, Path counted) throws IOException {
        Recount truth = new Recount();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(input), 1 << 16)) {
            truth.countAll(in);
        }
        Map<String, Long> claimed = read(counted);
        TreeSet<String> words = new TreeSet<>(truth.counts.keySet());
        words.addAll(claimed.keySet());
        long lost = 0;
        long twice = 0;
        long total = 0;
        int shown = 0;
        StringBuilder differences = new StringBuilder();
        for (String word : words) {
            long right = truth.counts.getOrDefault(word, 0L);
            long found = claimed.getOrDefault(word, 0L);
            total += right;
            lost += Math.max(0, right - found);
            twice += Math.max(0, found - right);
            if (right != found && shown++ < DIFFERENCES_SHOWN) {
                differences
                        .append(word, 0, Math.min(60, word.length()))
                        .append(": found ")
                        .append(found)
                        .append(", right is ")
                        .append(right)
                        .append('\n');
            }
        }
        System.out.println("lost " + lost + " twice " + twice + " words " + total + " distinct " + truth.counts.size());
        System.out.print(differences);
        System.out.flush();
        return lost == 0 && twice == 0 ? 0 : 1;
    }

    private void countAll(InputStream in) throws IOException {
        StringBuilder word = new StringBuilder();
        int next = in.read();
        while (next >= 0) {
            char c = Character.toLowerCase((char) next);
            if (next < 128 && Character.isLetter(c)) {
                word.append(c);
            } else {
                end(word);
            }
            next = in.read();
        }
        end(word);
    }

    private void end(StringBuilder word) {
        if (word.length() > 0) {
            counts.merge(word.toString(), 1L, Long::sum);
            word.setLength(0);
        }
    }

    private static Map<String, Long> read(Path file) throws IOException {
        Map<String, Long> counts = new HashMap<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            String line = reader.readLine();
            while (line != null) {
                int tab = line.indexOf('\t');
                if (tab < 1 || counts.put(line.substring(0, tab), Long.parseLong(line.substring(tab + 1))) != null) {
                    throw new IOException(file + ": '" + line + "' is not a new word, a tab and a number");
                }
                line = reader.readLine();
            }
        } catch (NumberFormatException e) {
            throw new IOException(file + ": a count is not a number", e);
        }
        return counts;
    }
}
