package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.EventType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredCodesTest {
    /** The console, and the simulator, print the one; {@code events} the other. */
    @Test
    void shouldCallEachEventTheSameInTheCoreAndWhereItIsStored() {
        List<String> different = new ArrayList<>();
        for (EventType type : EventType.values()) {
            io.coppice.state.root.EventType stored =
                    StoredCodes.eventType(new Command.RecordEvent(type, 0, 1, 0, "", ""));
            if (stored != null && !stored.word().equals(type.word())) {
                different.add(type.word() + " is stored as " + stored.word());
            }
        }
        assertEquals(List.of(), different);
    }
}
