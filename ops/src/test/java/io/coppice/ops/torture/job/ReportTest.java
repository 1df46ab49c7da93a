package io.coppice.ops.torture.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static byte[] bytes(Report report) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        report.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Test
    void shouldBeReadBackAsItWasWritten() throws Exception {
        int code = 1;
        for (Report.Kind kind : Report.Kind.values()) {
            Report report = new Report(kind, "writer-1", 3, Script.NEVER + 4, "why");
            byte[] bytes = bytes(report);
            assertEquals(code++, bytes[0], "codes are in the order of the constants");
            assertEquals(report, Report.read(new DataInputStream(new ByteArrayInputStream(bytes))));
        }
    }

    @Test
    void shouldRefuseAKindThatThereIsNot() throws Exception {
        byte[] bytes = bytes(new Report(Report.Kind.SEEN, "writer-1", 3, 4, ""));
        bytes[0] = 99;
        assertThrows(IOException.class, () -> Report.read(new DataInputStream(new ByteArrayInputStream(bytes))));
    }
}
