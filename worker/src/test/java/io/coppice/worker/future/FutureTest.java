package io.coppice.worker.future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The cases that libprocess has for its futures, and what a JVM adds: exceptions and threads. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SAME_THREAD)
class FutureTest {
    private static final Exception CAUSE = new Exception("the disk is full");

    private final Promise<String> promise = new Promise<>();
    private final Future<String> future = promise.future();
    private final List<String> heard = new ArrayList<>();

    private void listen(Future<?> to, String name) {
        to.onReady(value -> heard.add(name + " ready " + value))
                .onFailed(cause -> heard.add(name + " failed " + cause.getMessage()))
                .onDiscarded(() -> heard.add(name + " discarded"))
                .onAbandoned(() -> heard.add(name + " abandoned"))
                .onDiscard(() -> heard.add(name + " asked to discard"))
                .onAny(outcome -> heard.add(name + " any"));
    }

    @Nested
    class Outcomes {
        @Test
        void shouldBePendingUntilItIsReady() {
            assertEquals("pending", future.toString());
            assertThrows(IllegalStateException.class, future::value);
            assertTrue(promise.set("x"));
            assertTrue(future.isReady() && !future.isPending() && !future.isFailed() && !future.isDiscarded());
            assertEquals("x", future.value());
            assertEquals("ready", future.toString());
            assertThrows(IllegalStateException.class, future::failure);
        }

        @Test
        void shouldFailWithItsCause() {
            assertTrue(promise.fail(CAUSE));
            assertSame(CAUSE, future.failure());
            assertEquals("failed: java.lang.Exception: the disk is full", future.toString());
            assertEquals(
                    "no value: the future is failed: java.lang.Exception: the disk is full",
                    assertThrows(IllegalStateException.class, future::value).getMessage());
        }

        @Test
        void shouldHaveOneOutcomeForEver() {
            listen(future, "f");
            assertTrue(promise.set("x"));
            assertFalse(promise.set("y") || promise.fail(CAUSE) || promise.discard() || promise.abandon());
            assertFalse(promise.associate(Future.ready("z")));
            assertFalse(future.discard());
            assertEquals("x", future.value());
            assertEquals(List.of("f ready x", "f any"), heard);
        }

        @Test
        void shouldCallAtOnceWhereTheOutcomeIsThere() {
            promise.fail(CAUSE);
            listen(future, "f");
            assertEquals(List.of("f failed the disk is full", "f any"), heard);
        }

        @Test
        void shouldCallInTheOrderOfAskingAndThoseAskedForMeanwhileAtOnce() {
            future.onReady(value -> {
                heard.add("first");
                future.onReady(again -> heard.add("within"));
            });
            future.onReady(value -> heard.add("second"));
            promise.set("x");
            assertEquals(List.of("first", "within", "second"), heard);
        }

        @Test
        void shouldCallAllAlthoughSomeThrowAndThrowTheFirst() {
            future.onAny(outcome -> {
                throw new IllegalStateException("one");
            });
            future.onAny(outcome -> {
                throw new CompletionException("two", null);
            });
            future.onAny(outcome -> heard.add("three"));
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> promise.set("x"));
            assertEquals("one", e.getMessage());
            assertEquals("two", e.getSuppressed()[0].getMessage());
            assertEquals(List.of("three"), heard);
            assertTrue(future.isReady());
        }

        @Test
        void shouldBelongToOneThread() throws Exception {
            Thread other = new Thread(() -> {
                try {
                    promise.set("x");
                } catch (IllegalStateException e) {
                    heard.add(String.valueOf(e.getMessage()));
                }
            });
            other.start();
            other.join();
            assertTrue(heard.get(0).startsWith("a future of thread "), heard.toString());
            assertTrue(future.isPending());
        }
    }

    @Nested
    class Discards {
        @Test
        void shouldOnlyAskAndStayPending() {
            listen(future, "f");
            assertTrue(future.discard());
            assertFalse(future.discard());
            assertTrue(future.isPending() && future.hasDiscard());
            assertEquals("pending, discard asked for", future.toString());
            assertEquals(List.of("f asked to discard"), heard);
            promise.set("all the same");
            assertEquals("all the same", future.value());
        }

        @Test
        void shouldBeDoneByAProviderThatListens() {
            future.onDiscard(promise::discard);
            future.discard();
            assertTrue(future.isDiscarded());
            assertEquals("discarded", future.toString());
        }

        @Test
        void shouldTellWhoAsksLateOfTheRequestOnlyWhileThatMatters() {
            future.discard();
            future.onDiscard(() -> heard.add("at once"));
            promise.set("x");
            future.onDiscard(() -> heard.add("never"));
            assertEquals(List.of("at once"), heard);
        }

        @Test
        void shouldTravelUpTheChainAndReachTheStepThatRuns() {
            Promise<Integer> second = new Promise<>();
            Future<String> end =
                    future.then(text -> second.future()).then(number -> Future.ready("last " + heard.add("last")));
            listen(second.future(), "second");
            promise.set("x");
            end.discard();
            assertFalse(future.hasDiscard(), "it is over");
            assertEquals(List.of("second asked to discard"), heard);
            assertTrue(end.isPending());
            second.set(2);
            assertTrue(end.isDiscarded(), "a value that came all the same is not gone on with");
            assertFalse(heard.contains("last"));
        }

        @Test
        void shouldNotCallWhatComesThenAlthoughTheValueCame() {
            Future<String> then = future.then(text -> Future.ready(text + heard.add("called")));
            then.discard();
            assertTrue(future.hasDiscard());
            promise.set("x");
            assertTrue(then.isDiscarded());
            assertEquals(List.of(), heard);
        }

        @Test
        void shouldFailAllTheSame() {
            Future<String> then = future.map(text -> text + "!");
            then.discard();
            promise.fail(CAUSE);
            assertSame(CAUSE, then.failure());
        }

        @Test
        void shouldStopAtWhatIsUndiscardable() {
            Future<String> shielded = future.undiscardable();
            assertTrue(shielded.discard());
            assertFalse(future.hasDiscard());
            promise.set("x");
            assertEquals("x", shielded.value());
        }
    }

    @Nested
    class Chains {
        @Test
        void shouldGoOnWithTheValue() {
            Future<Integer> length = future.map(String::length).then(number -> Future.ready(number + 1));
            promise.set("four");
            assertEquals(5, length.value());
        }

        @Test
        void shouldPassOnFailureAndDiscard() {
            Future<Integer> ofFailed = future.map(String::length);
            promise.fail(CAUSE);
            assertSame(CAUSE, ofFailed.failure());
            Promise<String> given = new Promise<>();
            Future<Integer> ofDiscarded = given.future().map(String::length);
            given.discard();
            assertTrue(ofDiscarded.isDiscarded());
        }

        @Test
        void shouldFailByAnExceptionOfAStep() {
            Future<Integer> number = future.map(Integer::valueOf);
            promise.set("no number");
            assertTrue(number.failure() instanceof NumberFormatException, number.toString());
        }

        @Test
        void shouldRepairAFailureOnly() {
            Future<String> repaired = future.repair(
                    failed -> Future.ready("instead of " + failed.failure().getMessage()));
            promise.fail(CAUSE);
            assertEquals("instead of the disk is full", repaired.value());
            assertEquals(
                    "x", Future.ready("x").repair(failed -> Future.ready("y")).value());
            Promise<String> given = new Promise<>();
            Future<String> ofDiscarded = given.future().repair(failed -> Future.ready("y"));
            given.discard();
            assertTrue(ofDiscarded.isDiscarded());
        }

        @Test
        void shouldRecoverFromWhateverIsNoValue() {
            assertEquals(
                    "x", Future.ready("x").recover(lost -> Future.ready("y")).value());
            assertEquals(
                    "y",
                    Future.<String>failed(CAUSE)
                            .recover(lost -> Future.ready("y"))
                            .value());
            Future<String> ofDiscarded = future.recover(lost -> Future.ready("y " + lost));
            promise.discard();
            assertEquals("y discarded", ofDiscarded.value());
            Promise<String> left = new Promise<>();
            Future<String> ofAbandoned = left.future().recover(lost -> Future.ready("y " + lost));
            left.abandon();
            assertEquals("y abandoned", ofAbandoned.value());
        }

        @Test
        void shouldNotApplyAnOldDiscardToTheReplacement() {
            Promise<String> replacement = new Promise<>();
            future.onDiscard(promise::discard);
            Future<String> recovered = future.recover(lost -> replacement.future());
            recovered.discard();
            assertTrue(future.isDiscarded());
            assertFalse(recovered.hasDiscard() || replacement.future().hasDiscard());
            recovered.discard();
            assertTrue(replacement.future().hasDiscard());
            replacement.set("x");
            assertEquals("x", recovered.value());
        }
    }

    @Nested
    class Abandonment {
        @Test
        void shouldStayPendingAndBeKnown() {
            listen(future, "f");
            assertTrue(promise.abandon());
            assertTrue(future.isPending() && future.isAbandoned());
            assertEquals("abandoned", future.toString());
            assertFalse(promise.set("x") || promise.abandon());
            assertEquals(List.of("f abandoned"), heard);
            future.onAbandoned(() -> heard.add("at once"));
            assertEquals(List.of("f abandoned", "at once"), heard);
        }

        @Test
        void shouldTravelDownTheChain() {
            Future<Integer> end = future.map(String::length).repair(failed -> Future.ready(0));
            Future<String> shielded = future.undiscardable();
            promise.abandon();
            assertTrue(end.isAbandoned() && shielded.isAbandoned());
        }
    }

    @Nested
    class Association {
        private final Promise<String> other = new Promise<>();

        @Test
        void shouldFollowTheOtherAndNobodyElse() {
            assertTrue(promise.associate(other.future()));
            assertFalse(promise.set("x") || promise.associate(Future.ready("y")));
            assertEquals("promise (associated, pending)", promise.toString());
            other.set("z");
            assertEquals("z", future.value());
        }

        @Test
        void shouldPassOnEachOutcomeAndAbandonment() {
            promise.associate(other.future());
            other.fail(CAUSE);
            assertSame(CAUSE, future.failure());
            Promise<String> second = new Promise<>();
            Promise<String> abandoned = new Promise<>();
            second.associate(abandoned.future());
            abandoned.abandon();
            assertTrue(second.future().isAbandoned());
            Promise<String> third = new Promise<>();
            Promise<String> discarded = new Promise<>();
            third.associate(discarded.future());
            discarded.discard();
            assertTrue(third.future().isDiscarded());
        }

        @Test
        void shouldPassARequestToDiscardOnAlsoAnEarlierOne() {
            future.discard();
            promise.associate(other.future());
            assertTrue(other.future().hasDiscard());
        }
    }
}
