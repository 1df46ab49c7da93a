package io.coppice.ops.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class IsolationChoiceTest {
    @Test
    void shouldTakeTheWordsOfTheKeyInAnyCase() {
        assertEquals(IsolationChoice.USER, IsolationChoice.of("user"));
        assertEquals(IsolationChoice.SANDBOX, IsolationChoice.of("SandBox"));
    }

    @Test
    void shouldTellWhatThereIsAsItIsTyped() {
        TypeConversionException refused =
                assertThrows(TypeConversionException.class, () -> IsolationChoice.of("users"));
        assertEquals("expected mapping, user or sandbox but was 'users'", refused.getMessage());
    }
}
