package io.coppice.ops.demo.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.demo.CountedWordsAccess;
import io.coppice.worker.OnException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountDaemonTest {
    private static final long STATE = 4 << 20;

    @TempDir
    Path directory;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] randomBytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** Text with words of all lengths, from few letters so that words come again. */
    private static byte[] randomText(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] text = new byte[length];
        String others = " \n\t.,-\r\0'0";
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(20);
            text[i] = (byte)
                    (kind < 9
                            ? 'a' + random.nextInt(3)
                            : kind < 13 ? 'A' + random.nextInt(3) : others.charAt(random.nextInt(others.length())));
        }
        return text;
    }

    private static String word(int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private SortedMap<String, Long> count(byte[] text, String name, long state) throws Exception {
        try (CountingRig rig = new CountingRig(Files.createDirectory(directory.resolve(name)), text, state)) {
            rig.openGate();
            rig.attach();
            rig.finish();
            assertEquals(text.length, rig.progress(WordCountProgress.POSITION_BYTES), name);
            SortedMap<String, Long> counts = CountedWordsAccess.counts(rig.read());
            long words = counts.values().stream().mapToLong(Long::longValue).sum();
            assertEquals(words, rig.progress(WordCountProgress.WORDS), name);
            assertEquals(counts.size(), rig.progress(WordCountProgress.DISTINCT_WORDS), name);
            return counts;
        }
    }

    @Test
    void shouldCountAnyBytes() throws Exception {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        Map<String, byte[]> inputs = new LinkedHashMap<>();
        inputs.put("empty", new byte[0]);
        inputs.put("one-letter", ascii("A"));
        inputs.put("one-blank", ascii(" "));
        inputs.put("nul-bytes", ascii("one\0two\0\0One\0"));
        inputs.put("only-nul", new byte[100_000]);
        inputs.put("crlf", ascii("One line\r\nand another line\r\n\r\nONE"));
        inputs.put("high-bytes", concat(ascii("caf"), new byte[] {(byte) 0xc3, (byte) 0xa9}, ascii("s na\u007fve")));
        inputs.put("beside-letters", ascii("@A[`a{Z[z{"));
        inputs.put("every-byte", concat(everyByte, everyByte));
        inputs.put("ends-within-a-word", ascii("the end"));
        inputs.put("random-bytes", randomBytes(11, 300_000));
        inputs.put("random-text", randomText(12, 150_000));
        for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
            assertEquals(
                    CountingRig.expected(input.getValue()),
                    count(input.getValue(), input.getKey(), STATE),
                    input.getKey());
        }
    }

    @Test
    void shouldCountALineOfFiveMegabytes() throws Exception {
        byte[] text = ascii("the quick brown fox ".repeat(250_000));
        assertEquals(CountingRig.expected(text), count(text, "line", STATE));
    }

    @Test
    void shouldCountWordsOfAnyLengthTheStateCanHold() throws Exception {
        String tenThousand = word(10_000, 1);
        String other = tenThousand.substring(0, 9_999) + (tenThousand.endsWith("a") ? "b" : "a");
        String fiveMillion = word(5_000_000, 2);
        byte[] text = ascii(tenThousand + " " + other + "\n" + tenThousand.toUpperCase(java.util.Locale.ROOT) + " a "
                + fiveMillion + "," + tenThousand + "b " + fiveMillion);

        assertEquals(CountingRig.expected(text), count(text, "long", 24 << 20));
    }

    @Test
    void shouldCountWordsWhoseLengthIsAboutThatOfAPieceOrAStep() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int around : new int[] {
            1, 8, LongWords.PIECE_LETTERS, 2 * LongWords.PIECE_LETTERS, WordCountDaemon.LONGEST_STEP_BYTES
        }) {
            for (int length = Math.max(1, around - 2); length <= around + 2; length++) {
                String word = word(length, length);
                text.append(word)
                        .append(' ')
                        .append(word, 0, length - 1)
                        .append("x ")
                        .append(word)
                        .append(' ');
            }
        }
        byte[] bytes = ascii(text.toString());
        assertEquals(CountingRig.expected(bytes), count(bytes, "pieces", 8 << 20));
    }

    @Test
    void shouldCountAWordThatAStepCutsWhereverItCutsIt() throws Exception {
        int step = WordCountDaemon.LONGEST_STEP_BYTES;
        for (int shift = 0; shift <= 12; shift++) {
            byte[] text = new byte[600 * step];
            Arrays.fill(text, (byte) '.');
            byte[] word = ascii("boundaries");
            System.arraycopy(word, 0, text, step - shift, word.length);
            System.arraycopy(word, 0, text, 5 * step - shift, word.length);
            assertEquals(Map.of("boundaries", 2L), count(text, "shift-" + shift, 1 << 20));
        }
    }

    @Test
    void shouldLoseAndRepeatNothingWhenKilledBeforeOrAfterAnyCommit() throws Exception {
        String longWord = word(9_000, 3);
        byte[] text =
                concat(randomText(13, 40_000), ascii(" " + longWord + " "), randomText(14, 40_000), ascii(longWord));
        SplittableRandom random = new SplittableRandom(15);
        try (CountingRig rig = new CountingRig(Files.createDirectory(directory.resolve("killed")), text, STATE)) {
            rig.openGate();
            rig.attach();
            while (rig.progress(WordCountProgress.FINISHED) == 0) {
                long before = rig.observed(WordCountProgress.POSITION_BYTES);
                if (random.nextBoolean()) {
                    rig.daemon.step();
                    rig.drop();
                    rig.attach();
                    assertEquals(before, rig.progress(WordCountProgress.POSITION_BYTES), "the step is undone");
                }
                rig.step();
                rig.drop();
                rig.attach();
            }
            assertEquals(CountingRig.expected(text), CountedWordsAccess.counts(rig.read()));
            assertTrue(rig.incarnation > 500, "incarnations " + rig.incarnation);
        }
    }

    @Test
    void shouldShowTheFirstCommittedStepOfASuccessor() throws Exception {
        try (CountingRig rig = new CountingRig(directory, randomText(16, 100_000), STATE)) {
            rig.attach();
            assertEquals(0, rig.observed(WordCountProgress.INCARNATION), "not before a step");
            rig.step();
            rig.step();
            assertEquals(1, rig.observed(WordCountProgress.INCARNATION));
            assertEquals(2, rig.observed(WordCountProgress.INCARNATION_STEPS));
            rig.drop();
            rig.attach();
            assertEquals(1, rig.observed(WordCountProgress.INCARNATION), "start() is no step");
            rig.step();
            assertEquals(2, rig.observed(WordCountProgress.INCARNATION));
            assertEquals(1, rig.observed(WordCountProgress.INCARNATION_STEPS));
            assertEquals(3, rig.observed(WordCountProgress.STEPS));
        }
    }

    @Test
    void shouldTakeItsLastStepOnlyOnceTheGateIsOpen() throws Exception {
        for (byte[] text : new byte[][] {{}, ascii("a"), randomText(17, 5_000)}) {
            Path folder = Files.createDirectory(directory.resolve("gate-" + text.length));
            try (CountingRig rig = new CountingRig(folder, text, STATE)) {
                rig.attach();
                for (int i = 0; i < 2_000; i++) {
                    rig.step();
                }
                assertEquals(1, rig.observed(WordCountProgress.WAITING));
                assertEquals(0, rig.observed(WordCountProgress.FINISHED));
                assertTrue(
                        text.length == 0 || rig.observed(WordCountProgress.POSITION_BYTES) < text.length,
                        "work is left");
                rig.openGate();
                rig.finish();
                assertEquals(0, rig.observed(WordCountProgress.WAITING));
                assertEquals(CountingRig.expected(text), CountedWordsAccess.counts(rig.read()));
            }
        }
    }

    @Test
    void shouldIdleAndChangeNothingOnceAllIsCounted() throws Exception {
        try (CountingRig rig = new CountingRig(directory, ascii("done"), STATE)) {
            rig.openGate();
            rig.attach();
            rig.finish();
            long commits = rig.segment.state().commitSequence();
            assertTrue(rig.step().delayNs() > 0);
            assertEquals(commits, rig.segment.state().commitSequence());
        }
    }

    @Test
    void shouldTakeSmallerStepsForASmallerInputAndASmallerUndoLog() {
        assertEquals(16 << 10, WordCountDaemon.stepBytes(1L << 40, 3 << 20));
        assertEquals(1000, WordCountDaemon.stepBytes(512_000, 3 << 20));
        assertEquals(1, WordCountDaemon.stepBytes(100, 3 << 20));
        assertEquals(1, WordCountDaemon.stepBytes(0, 3 << 20));
        assertEquals(4096, WordCountDaemon.stepBytes(1L << 40, 16 << 10));
    }

    @Test
    void shouldFailNamingTheWordWhenThereAreMoreDistinctWordsThanTheStateHolds() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            text.append(word(5 + i % 4, i)).append(' ');
        }
        try (CountingRig rig = new CountingRig(directory, ascii(text.toString()), 256 << 10)) {
            rig.openGate();
            rig.attach();
            StateTooSmallException e = assertThrows(StateTooSmallException.class, rig::finish);
            rig.segment.state().rollback();

            SortedMap<String, Long> counted = CountedWordsAccess.counts(rig.read());
            String named = e.getMessage().split(" ")[2];
            assertTrue(text.toString().contains(" " + named + " "), e.getMessage());
            assertTrue(!counted.containsKey(named), "it is one that found no room: " + e.getMessage());
            assertTrue(
                    e.getMessage()
                            .matches("the word [a-z]+ \\(of \\d letters\\) finds no room in the state beside "
                                    + "\\d+ other words"),
                    e.getMessage());
            assertEquals(OnException.FAIL, rig.daemon.onException(e));
        }
    }

    @Test
    void shouldFailNamingAWordThatIsLongerThanTheStateHolds() throws Exception {
        String tooLong = word(1_000_000, 5);
        try (CountingRig rig = new CountingRig(directory, ascii("some words " + tooLong), 256 << 10)) {
            rig.openGate();
            rig.attach();
            StateTooSmallException e = assertThrows(StateTooSmallException.class, rig::finish);
            assertTrue(
                    e.getMessage()
                            .matches(
                                    "the word " + tooLong.substring(0, 60)
                                            + "… \\(of at least \\d+ letters\\) finds no room in the state beside 2 other words"),
                    e.getMessage());
        }
    }

    @Test
    void shouldWorkInTheSmallestStateAndInNoneSmaller() throws Exception {
        long smallest = WordCountDaemon.SMALLEST_STATE_BYTES;
        byte[] text = ascii("a word, the WORD, and " + word(1_000, 6));
        assertEquals(CountingRig.expected(text), count(text, "smallest", smallest));

        Path folder = Files.createDirectory(directory.resolve("smaller"));
        try (CountingRig rig = new CountingRig(folder, text, smallest - 1024)) {
            StateTooSmallException e = assertThrows(StateTooSmallException.class, rig::attach);
            assertTrue(e.getMessage().endsWith("takes a state of " + smallest / 1024 + "KiB or more"), e.getMessage());
        }
    }

    /** What is accepted beside the one size that was tried must work, too: a word without room is a word's fault. */
    @Test
    void shouldStartInEveryStateThatIsNotTooSmall() throws Exception {
        long smallest = WordCountDaemon.SMALLEST_STATE_BYTES;
        for (long state = smallest; state < smallest + (1 << 20); state += 12_345) {
            Path folder = Files.createDirectory(directory.resolve("state-" + state));
            try (CountingRig rig = new CountingRig(folder, ascii("a b"), state)) {
                rig.attach();
            }
        }
    }

    @Test
    void shouldNoticeThatTheInputChangedItsLength() throws Exception {
        try (CountingRig rig = new CountingRig(directory, ascii("some words"), STATE)) {
            rig.attach();
            rig.drop();
            Files.writeString(rig.input, "other words");
            IOException e = assertThrows(IOException.class, rig::attach);
            assertTrue(e.getMessage().contains("has 11 bytes; it had 10"), e.getMessage());
        }
    }

    @Test
    void shouldAllocateNothingPerStep() throws Exception {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] text = new byte[40 << 20];
        byte[] part = randomText(18, 1 << 20);
        for (int at = 0; at < text.length; at += part.length) {
            System.arraycopy(part, 0, text, at, part.length);
        }
        int window = 400;
        long least = Long.MAX_VALUE;
        try (CountingRig rig = new CountingRig(directory, text, 16 << 20)) {
            rig.attach();
            rig.step();
            for (int windows = 0; windows < 6; windows++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < window; i++) {
                    rig.step();
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(rig.progress(WordCountProgress.WAITING) == 0, "all of these steps counted something");
        }
        System.out.println("demo step: " + least / (double) window + " bytes allocated per step");
        assertEquals(0, least, "bytes in " + window + " steps");
    }
}
