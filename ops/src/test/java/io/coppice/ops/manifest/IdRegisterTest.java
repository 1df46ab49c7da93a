package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdRegisterTest {
    private static final IdRange RANGE = new IdRange(300_000, 300_099);

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private IdRegister registerOf(String text) throws IOException {
        shop.system("/var/lib/coppice/ids", text);
        return IdRegister.read(shop.surroundings());
    }

    private ChildPlan child(String yaml, int index) {
        return shop.compiled(yaml).plan().children().get(index);
    }

    @Test
    void shouldGiveEachOwnerTheFirstNumbersThatAreFree() throws IOException {
        IdRegister register = registerOf("300000 2 web /run/one\n300005 10 web@transactions /run/one\n");
        assertEquals(300_000, register.take("web /run/one", 2, RANGE));
        assertEquals(300_002, register.take("web /run/two", 3, RANGE));
        assertEquals(300_015, register.take("rates /run/two", 2, RANGE));
        assertEquals(300_002, register.take("web /run/two", 3, RANGE));
        assertEquals(300_017, register.take("more /run/two", 83, RANGE));
        assertNull(register.take("last /run/two", 1, RANGE));
    }

    @Test
    void shouldKeepOutOfNumbersOfAnotherRangeAndOfThoseThatLapIntoThis() throws IOException {
        IdRegister register = registerOf("200000 2 a /run/one\n299990 12 b /run/one\n400000 2 c /run/one\n");
        assertEquals(300_002, register.take("web /run/two", 2, RANGE));
        assertEquals(200_000, register.take("a /run/one", 2, RANGE), "what it has, whatever the range is by now");
    }

    /** A number that was a command's is not to be another's once the command is a daemon. */
    @Test
    void shouldNeedAsManyNumbersForACommandAsForADaemon() {
        ChildPlan command = child(Workshop.commandWith(), 0);
        ChildPlan daemon = child(Workshop.daemonWith(), 0);
        assertEquals(IdRegister.nameOf(command), IdRegister.nameOf(daemon));
        assertEquals(IdRegister.count(command), IdRegister.count(daemon));
    }

    @Test
    void shouldRegisterAllSlotsOfADaemonTogether() {
        String yaml = Workshop.daemonWith("transactions: {slots: 2}");
        ChildPlan first = child(yaml, 1);
        ChildPlan second = child(yaml, 2);
        assertEquals("it@transactions", IdRegister.nameOf(first));
        assertEquals(IdRegister.nameOf(first), IdRegister.nameOf(second));
        assertTrue(IdRegister.count(first) > IdRegister.count(child(yaml, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 1 web /run/one",
                "300000 0 web /run/one",
                "300000 1 web",
                "300000 1 web run/one",
                "300000  1 web /run/one",
                "99999999999 1 web /run/one",
                "300000 1 web /run/one\n300002 1 web /run/one",
            })
    void shouldTakeNoLineForWhatItIsNot(String text) {
        IOException damaged = assertThrows(IOException.class, () -> registerOf(text + "\n"));
        assertTrue(
                String.valueOf(damaged.getMessage()).contains("is no entry `FIRST COUNT NAME DIRECTORY` of its own"),
                damaged.getMessage());
    }

    @Test
    void shouldBeWhereAServiceKeepsItsState() {
        assertEquals(shop.machine.resolve("var/lib/coppice/ids"), IdRegister.file(shop.surroundings()));
        shop.environment.put("STATE_DIRECTORY", "/var/lib/mine:/var/lib/other");
        assertEquals(Path.of("/var/lib/mine/ids"), IdRegister.file(shop.surroundings()));
    }
}
