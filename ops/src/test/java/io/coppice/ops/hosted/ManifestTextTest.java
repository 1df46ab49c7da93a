package io.coppice.ops.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a command writes into a manifest means itself there. */
class ManifestTextTest {
    @Test
    void shouldWriteADollarThatStartsNoVariable() {
        assertEquals("\"/tmp/$${HOME}/$$1\"", ManifestText.quoted("/tmp/${HOME}/$1"));
    }
}
