package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
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

    /** Each of its methods may be overridden by whoever throws it. */
    @SuppressWarnings({"serial", "UnsynchronizedOverridesSynchronized"})
    private static final class Hostile extends RuntimeException {
        private final String way;

        Hostile(String way) {
            this.way = way;
        }

        @Override
        public String getMessage() {
            if (way.equals("itself")) {
                throw new Hostile(way);
            }
            if (way.equals("error")) {
                throw new StackOverflowError();
            }
            return way;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            if (way.equals("trace")) {
                throw new IllegalStateException("no trace");
            }
            return super.getStackTrace();
        }

        @Override
        public Throwable getCause() {
            if (way.equals("cause")) {
                throw new IllegalStateException("no cause");
            }
            return this;
        }
    }

    @Test
    void shouldTellWhatCanBeToldOfAThrowableThatThrows() {
        for (String way : new String[] {"itself", "error", "trace", "cause"}) {
            String told;
            try {
                told = told(new Hostile(way));
            } catch (RuntimeException | StackOverflowError e) {
                told = "threw "
                        + e.getClass().getName(); // What is thrown cannot be shown by those who run tests, either.
            }
            assertTrue(told.startsWith(Hostile.class.getName()), way + ": " + told);
        }
    }

    /** In last words and log. */
    private static String told(Hostile thrown) {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        new WorkerLog(new PrintStream(log, true, StandardCharsets.UTF_8), "thumbs").log("it ends", thrown);
        String logged = log.toString(StandardCharsets.UTF_8);
        assertTrue(logged.contains(": it ends\n") && logged.contains(Hostile.class.getName()), logged);
        return LastWords.of(thrown);
    }
}
