package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LastWordsTest {
    @Test
    void shouldSayClassMessageFirstFramesAndCauses() {
        Exception thrown = new IllegalStateException("outer", new java.io.IOException("inner"));
        String words = LastWords.of(thrown);

        assertTrue(words.startsWith("java.lang.IllegalStateException: outer\n  at "), words);
        assertTrue(words.contains("\ncaused by java.io.IOException: inner\n  at "), words);
        assertTrue(words.contains("LastWordsTest.java"), words);
    }

    @Test
    void shouldFitWithoutCuttingACharacterInTwo() {
        for (String unit : new String[] {"a", "ä", "€", "\uD83C\uDF32"}) {
            for (int shift = 0; shift < 4; shift++) {
                String text = "x".repeat(shift) + unit.repeat(2000);
                byte[] cut = LastWords.cut(text).getBytes(StandardCharsets.UTF_8);
                int unitBytes = unit.getBytes(StandardCharsets.UTF_8).length;

                assertTrue(cut.length <= LastWords.MAX_BYTES, unit + " " + cut.length);
                assertTrue(cut.length > LastWords.MAX_BYTES - unitBytes, unit + " " + cut.length);
                assertTrue(text.startsWith(new String(cut, StandardCharsets.UTF_8)), unit);
            }
        }
    }

    @Test
    void shouldCountALoneSurrogateAsTheByteItBecomes() {
        String text = "\uD83C".repeat(1500);
        assertEquals(LastWords.MAX_BYTES, LastWords.cut(text).getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void shouldEndWithCausesThatGoInACircle() {
        Exception a = new Exception("a");
        Exception b = new Exception("b", a);
        a.initCause(b);

        assertTrue(LastWords.of(a).contains("caused by java.lang.Exception: b"));
    }

    @Test
    @SuppressWarnings("serial")
    void shouldSurviveAThrowableThatCannotDescribeItself() {
        Exception mute = new Exception() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no");
            }
        };
        assertTrue(LastWords.of(mute).contains("its toString() threw java.lang.IllegalStateException"));
    }
}
