package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InheritedVariablesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOTIFY_SOCKET",
                "JOURNAL_STREAM",
                "WATCHDOG_PID",
                "LISTEN_FDS",
                "COPPICE_CHILD",
                "PWD",
                "OLDPWD",
                "_"
            })
    void shouldKeepWhatIsTheRootsOwn(String name) {
        assertFalse(InheritedVariables.isInherited(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void shouldKeepOptionsOfEveryJvm(String name) {
        assertFalse(InheritedVariables.isInherited(name));
        assertTrue(InheritedVariables.isOptionsOfAJvm(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATH", "HOME", "JAVA_HOME", "TZ", "LISTENER", "WATCHDOG", "__"})
    void shouldPassOnTheRest(String name) {
        assertTrue(InheritedVariables.isInherited(name));
        assertFalse(InheritedVariables.isOptionsOfAJvm(name));
    }
}
