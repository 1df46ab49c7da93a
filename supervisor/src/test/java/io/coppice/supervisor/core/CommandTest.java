package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
    private static final List<Command> ONE_OF_EACH = List.of(
            new Command.Spawn(1, 2),
            new Command.Release(1, 2, null, 0, 0),
            new Command.SpawnStandby(1, 3),
            new Command.WarmStandby(1, 3),
            new Command.PauseStandby(1, 3, true),
            new Command.AssignStandby(1, 1, 3, 2),
            new Command.EndStandby(1, 3),
            new Command.AbandonHeld(1, 2),
            new Command.Signal(1, 2, "TERM", true),
            new Command.RunShutdownCommand(1, 2),
            new Command.KillGroup(1, 2),
            new Command.DumpThreads(1, 2),
            new Command.Reply(4, new Outcome.Ok(2)),
            new Command.RecordEvent(EventType.READY, 1, 2, 5, "", ""),
            new Command.ExitRoot(0));

    @Test
    void shouldBeHandedToTheMethodOfItsType() {
        for (Command command : ONE_OF_EACH) {
            List<String> called = new ArrayList<>();
            List<Object> given = new ArrayList<>();
            Command.Handler handler = (Command.Handler) Proxy.newProxyInstance(
                    CommandTest.class.getClassLoader(),
                    new Class<?>[] {Command.Handler.class},
                    (self, method, arguments) -> {
                        called.add(method.getName());
                        given.addAll(List.of(arguments));
                        return null;
                    });
            command.carryOutWith(handler);
            String type = command.getClass().getSimpleName();
            assertEquals(List.of(Character.toLowerCase(type.charAt(0)) + type.substring(1)), called);
            assertEquals(List.of(command), given);
        }
    }

    @Test
    void shouldBeKnownInEachType() {
        assertEquals(
                List.of(Command.class.getPermittedSubclasses()).stream()
                        .map(Class::getSimpleName)
                        .sorted()
                        .toList(),
                ONE_OF_EACH.stream()
                        .map(command -> command.getClass().getSimpleName())
                        .sorted()
                        .toList());
    }
}
