package io.coppice.state;

/**
 * The hash of an arena: the sum, modulo 2^64, over its words, of m(i, v) = mix(v + i * G) - mix(i * G), with i the word's
 * number in the arena and v its value. Pure; any thread.
 *
 * <p>It can follow a change of single words, {@link #change}, whatever the arena's size; and a word that is zero adds nothing,
 * so that an arena of zeros has the hash 0. Since mix is a bijection, m(i, v) is another one for each v: damage of one word is
 * always noticed. Damage of several words is noticed but for one case in 2^64, as their terms are as good as random.
 *
 * <p>mix is the finaliser of SplitMix64, and G its increment (Steele, Lea and Flood, Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014, with the constants of David Stafford's variant 13): flipping any bit of its argument flips each
 * bit of the result about every second time.
 */
final class ArenaHash {
    private static final long G = 0x9e3779b97f4a7c15L;

    private ArenaHash() {}

    /** What a word's change adds to the hash. */
    static long change(long word, long before, long after) {
        long position = word * G;
        return mix(after + position) - mix(before + position);
    }

    /**
     * The part of the hash that some words add.
     *
     * @param bytes whose first {@code length} are the words, a multiple of 8
     * @param firstWord number of the first of them in the arena
     */
    static long of(byte[] bytes, int length, long firstWord) {
        long sum = 0;
        for (int at = 0; at < length; at += Long.BYTES) {
            long value = NativeWords.get(bytes, at);
            if (value != 0) {
                sum += change(firstWord + (at >>> 3), 0, value);
            }
        }
        return sum;
    }

    /**
     * The hash of a message of a ring as of words from its position on.
     *
     * @param header the word before its bytes
     */
    static long ofMessage(long position, long header, byte[] bytes, int from, int length) {
        long word = position >>> 3;
        long sum = change(word, 0, header);
        int whole = length & -8;
        for (int at = 0; at < whole; at += Long.BYTES) {
            sum += change(++word, 0, NativeWords.get(bytes, from + at));
        }
        long rest = 0;
        for (int at = whole; at < length; at++) {
            rest = rest << 8 | (bytes[from + at] & 0xff);
        }
        return whole < length ? sum + change(++word, 0, rest) : sum;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
