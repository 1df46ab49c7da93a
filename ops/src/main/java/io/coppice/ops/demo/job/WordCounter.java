package io.coppice.ops.demo.job;

import io.coppice.state.BytesField;
import io.coppice.state.CapacityExceededException;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import io.coppice.state.UndoLogFullException;
import java.nio.charset.StandardCharsets;

/**
 * Counts words in bytes that come in pieces: maximal runs of ASCII letters, folded to lower case. The counts and the word
 * that the end of a piece has cut live in the state. Loop thread; allocates nothing unless something is full.
 */
final class WordCounter {
    /** Longer words are not keys of the map but {@link LongWords}. */
    static final int LONGEST_KEY = LongWords.PIECE_LETTERS;

    /** Room in the undo log for one word, whatever its length, and for what a step commits beside words. */
    static final int UNDO_RESERVE_BYTES = 3 * LONGEST_KEY;

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("cut-word");
    private static final BytesField LETTERS = FIELDS.bytes("letters", LONGEST_KEY);
    private static final RecordLayout LAYOUT = FIELDS.build();
    private static final int SHOWN_LETTERS = 60;

    private final State state;
    private final StringLongMap counts;
    private final LongWords longWords;
    private final Record cut;
    private final byte[] word = new byte[LONGEST_KEY];
    private long words;

    /** Creates or attaches the structures, as large as the sizes say. */
    WordCounter(State state, WordCountSizes sizes) {
        this.state = state;
        cut = state.record("cut-word", LAYOUT);
        longWords = new LongWords(state, sizes.longWordRows());
        counts = state.stringLongMap(WordCountProgress.COUNTS, sizes.maxWords(), LONGEST_KEY, sizes.keyPoolBytes());
    }

    /** Different words so far. */
    int distinctWords() {
        return counts.size() + longWords.size();
    }

    /** Words counted by this object since it was made, also in steps that were rolled back. */
    long words() {
        return words;
    }

    /**
     * Counts the words in the first bytes of a piece. Folds their letters in place.
     *
     * @return how many bytes were taken: at least one, and fewer than {@code length} if the undo log has no room for more
     *     in this commit; the next piece has to start there
     * @throws StateTooSmallException if a word finds no room, naming it
     */
    int count(byte[] piece, int length) throws StateTooSmallException {
        int at = 0;
        while (at < length && (at == 0 || hasUndoRoom())) {
            int end = foldLetters(piece, at, length);
            boolean wordGoesOn = hasCutWord();
            if (end == at) {
                if (wordGoesOn) {
                    endWord();
                }
                at = skipOthers(piece, at, length);
            } else if (wordGoesOn || end == length || end - at > LONGEST_KEY) {
                at += keep(piece, at, end - at);
            } else {
                add(piece, at, end - at);
                at = end;
            }
        }
        return at;
    }

    /** Whether a commit has room for one more word beside what it has. */
    boolean hasUndoRoom() {
        return state.undoFreeBytes() >= UNDO_RESERVE_BYTES;
    }

    /** Counts the word that something else than a letter, or the end of the input, has ended; if there is one. */
    void endWord() throws StateTooSmallException {
        if (!hasCutWord()) {
            return;
        }
        int length = cut.get(LETTERS, word, 0);
        if (!longWords.growing()) {
            add(word, 0, length);
        } else {
            requireRoomForLongWord(length);
            longWords.end(word, length);
            words++;
        }
        cut.clear(LETTERS);
    }

    private boolean hasCutWord() {
        return cut.length(LETTERS) > 0 || longWords.growing();
    }

    private void add(byte[] bytes, int from, int length) throws StateTooSmallException {
        try {
            counts.add(bytes, from, length, 1);
            words++;
        } catch (CapacityExceededException | UndoLogFullException e) {
            throw tooSmall(bytes, from, length, "of " + length + " letters", e);
        }
    }

    /** Adds letters to the cut word, as many as fit the kept piece, and returns how many. */
    private int keep(byte[] bytes, int from, int length) throws StateTooSmallException {
        if (cut.length(LETTERS) == LONGEST_KEY) {
            cut.get(LETTERS, word, 0);
            requireRoomForLongWord(LONGEST_KEY);
            longWords.grow(word);
            cut.clear(LETTERS);
        }
        int kept = Math.min(length, LONGEST_KEY - cut.length(LETTERS));
        cut.append(LETTERS, bytes, from, kept);
        return kept;
    }

    private void requireRoomForLongWord(int pieceLength) throws StateTooSmallException {
        if (longWords.hasRoom() && longWords.canStay()) {
            return;
        }
        long known = longWords.growingLength() + pieceLength;
        int start = longWords.growing() ? longWords.startOfGrowing(word) : pieceLength;
        throw tooSmall(word, 0, start, "of at least " + known + " letters", null);
    }

    private StateTooSmallException tooSmall(
            byte[] bytes,
            int from,
            int length,
            String howLong,
            @org.jspecify.annotations.Nullable RuntimeException cause) {
        int shown = Math.min(length, SHOWN_LETTERS);
        String start = new String(bytes, from, shown, StandardCharsets.US_ASCII);
        return new StateTooSmallException(
                "the word " + start + (shown < length ? "…" : "") + " (" + howLong
                        + ") finds no room in the state beside " + distinctWords() + " other words",
                cause);
    }

    private static int skipOthers(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !isLetter(bytes[at])) {
            at++;
        }
        return at;
    }

    private static int foldLetters(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isLetter(bytes[at])) {
            bytes[at] |= 0x20;
            at++;
        }
        return at;
    }

    /** Bit 5 tells lower from upper case; a byte beyond ASCII is negative and stays so. */
    private static boolean isLetter(byte b) {
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'z';
    }
}
