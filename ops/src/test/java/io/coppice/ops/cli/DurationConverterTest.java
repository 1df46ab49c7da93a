package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
    private final DurationConverter converter = new DurationConverter();

    @ParameterizedTest
    @CsvSource({"1ms,1", "500ms,500", "10s,10000", "10,10000", "2m,120000", "1h,3600000"})
    void shouldReadTheManifestsUnits(String text, long expectedMs) {
        assertEquals(expectedMs, converter.convert(text).toMillis());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "0", "0s", "-1s", "1d", "1.5s", "10 s", "9999999999999s", "999999h", "١s"})
    void shouldRefuseTheRest(String text) {
        assertThrows(TypeConversionException.class, () -> converter.convert(text));
    }
}
