package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlReplyTest {
    @Test
    void shouldReadEveryFormOfTheProtocol() {
        assertEquals(new ControlReply.Done(0), ControlReply.parse("ok"));
        assertEquals(new ControlReply.Done(7), ControlReply.parse("ok 7"));
        assertEquals(new ControlReply.Refused(3, "no such daemon: x"), ControlReply.parse("error 3 no such daemon: x"));
        assertEquals(new ControlReply.Refused(1, "not now", true), ControlReply.parse("later not now"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "okay",
                "ok x",
                "ok -1",
                "error",
                "error 3",
                "later",
                "error x y",
                "error 0 fine",
                "error 999 x",
                "?"
            })
    void shouldRefuseNonsenseAsAFailure(String line) {
        ControlReply reply = ControlReply.parse(line);

        assertTrue(reply instanceof ControlReply.Refused refused && refused.exitCode() == ExitCode.FAILED, line);
    }
}
