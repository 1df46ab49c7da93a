package io.coppice.ops.demo.job;

import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordTable;
import io.coppice.state.State;
import java.util.Arrays;

/**
 * Words too long to be keys of a map: kept in pieces, one row of a table each, one word behind the other. A word grows by
 * whole pieces over as many commits as it takes; when it ends it is either found among the earlier ones, and its rows are
 * free again, or stays. So no commit ever changes more than a few pieces, however long the word.
 *
 * <pre>
 *  rows      [ word 0 . . . ][ word 1 . . ][ growing . . |            free            ]
 *                                          ^usedRows     ^usedRows + growingRows
 * </pre>
 *
 * Loop thread only; nothing allocates.
 */
public final class LongWords {
    /** Name of the table that lists the words. */
    public static final String INDEX = "long-words";

    /** Name of the table with their letters. */
    public static final String PIECES = "long-word-pieces";

    /** Letters in one row. All rows of a word but the last are full. */
    public static final int PIECE_LETTERS = 4096;

    private static final RecordLayout.Builder INDEX_FIELDS = RecordLayout.named("long-word");

    /** First row of the word. */
    public static final LongField FIRST_ROW = INDEX_FIELDS.int64("firstRow");

    /** Length in letters; 0 for an index row not used yet. */
    public static final LongField LENGTH = INDEX_FIELDS.int64("length");

    /** How often the word came. */
    public static final LongField COUNT = INDEX_FIELDS.int64("count");

    private static final LongField HASH = INDEX_FIELDS.int64("hash");

    /** Layout of {@link #INDEX}. */
    public static final RecordLayout INDEX_LAYOUT = INDEX_FIELDS.build();

    private static final RecordLayout.Builder PIECE_FIELDS = RecordLayout.named("long-word-piece");

    /** Letters of the piece. */
    public static final BytesField LETTERS = PIECE_FIELDS.bytes("letters", PIECE_LETTERS);

    /** Layout of {@link #PIECES}. */
    public static final RecordLayout PIECE_LAYOUT = PIECE_FIELDS.build();

    static final int ROW_BYTES = PIECE_LAYOUT.sizeBytes();

    /** Most long words; each takes at least one piece and usually more. */
    static final int MAX_WORDS = 512;

    private static final RecordLayout.Builder HEAD_FIELDS = RecordLayout.named("long-words-head");
    private static final LongField WORDS = HEAD_FIELDS.int64("words");
    private static final LongField USED_ROWS = HEAD_FIELDS.int64("usedRows");
    private static final LongField GROWING_ROWS = HEAD_FIELDS.int64("growingRows");
    private static final LongField GROWING_HASH = HEAD_FIELDS.int64("growingHash");
    private static final RecordLayout HEAD_LAYOUT = HEAD_FIELDS.build();

    private final Record head;
    private final RecordTable index;
    private final RecordTable pieces;
    private final byte[] mine = new byte[PIECE_LETTERS];
    private final byte[] other = new byte[PIECE_LETTERS];

    LongWords(State state, int rows) {
        head = state.record("long-words-head", HEAD_LAYOUT);
        index = state.table(INDEX, INDEX_LAYOUT, MAX_WORDS);
        pieces = state.table(PIECES, PIECE_LAYOUT, rows);
    }

    /** How many there are. */
    int size() {
        return (int) head.get(WORDS);
    }

    /** Whether a word has begun and not ended. */
    boolean growing() {
        return head.get(GROWING_ROWS) > 0;
    }

    /** Letters of the growing word so far. */
    long growingLength() {
        return head.get(GROWING_ROWS) * PIECE_LETTERS;
    }

    /** Copies the first letters of the growing word, and says how many. */
    int startOfGrowing(byte[] target) {
        return pieces.at((int) head.get(USED_ROWS)).get(LETTERS, target, 0);
    }

    /** Whether one more piece would find a row. */
    boolean hasRoom() {
        return head.get(USED_ROWS) + head.get(GROWING_ROWS) < pieces.rows();
    }

    /** Whether one more word, not known yet, could stay. */
    boolean canStay() {
        return head.get(WORDS) < index.rows();
    }

    /**
     * Adds a full piece to the growing word, or begins one. There must be room.
     */
    void grow(byte[] letters) {
        append(letters, PIECE_LETTERS);
        head.set(GROWING_HASH, hash(head.get(GROWING_HASH), letters, PIECE_LETTERS));
    }

    /**
     * Ends the growing word with a last piece and counts it. There must be room, and it must be able to stay.
     *
     * @param length of the last piece, zero to a full piece
     */
    void end(byte[] letters, int length) {
        long firstRow = head.get(USED_ROWS);
        long wordLength = growingLength() + length;
        long hash = hash(head.get(GROWING_HASH), letters, length);
        if (length > 0) {
            append(letters, length);
        }
        int known = find(firstRow, wordLength, hash);
        if (known >= 0) {
            index.at(known).add(COUNT, 1);
        } else {
            Record word = index.at((int) head.add(WORDS, 1) - 1);
            word.set(FIRST_ROW, firstRow);
            word.set(LENGTH, wordLength);
            word.set(HASH, hash);
            word.set(COUNT, 1);
            head.add(USED_ROWS, head.get(GROWING_ROWS));
        }
        head.set(GROWING_ROWS, 0);
        head.set(GROWING_HASH, 0);
    }

    private void append(byte[] letters, int length) {
        long row = head.get(USED_ROWS) + head.get(GROWING_ROWS);
        pieces.at((int) row).set(LETTERS, letters, 0, length);
        head.add(GROWING_ROWS, 1);
    }

    private int find(long firstRow, long length, long hash) {
        int words = size();
        for (int i = 0; i < words; i++) {
            Record word = index.at(i);
            if (word.get(LENGTH) == length && word.get(HASH) == hash && same(word.get(FIRST_ROW), firstRow, length)) {
                return i;
            }
        }
        return -1;
    }

    private boolean same(long row, long otherRow, long length) {
        long rows = (length + PIECE_LETTERS - 1) / PIECE_LETTERS;
        for (int i = 0; i < rows; i++) {
            int letters = pieces.at((int) row + i).get(LETTERS, mine, 0);
            int otherLetters = pieces.at((int) otherRow + i).get(LETTERS, other, 0);
            if (!Arrays.equals(mine, 0, letters, other, 0, otherLetters)) {
                return false;
            }
        }
        return true;
    }

    private static long hash(long before, byte[] letters, int length) {
        long hash = before;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + letters[i];
        }
        return hash;
    }
}
